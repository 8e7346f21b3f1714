#!/bin/sh
# Walks the path of a .tlog-proof that holds its leaf, with openssl for the hashes, and compares roots.
#
#   inclusion.sh PROOF
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
hash() { openssl dgst -sha256 -binary; }

sed '/^$/,$d' "$1" >"$folder/head"
sed '1,/^$/d' "$1" >"$folder/checkpoint"
index=$(sed -n 's/^index //p' "$folder/head")
last=$(($(sed -n 2p "$folder/checkpoint") - 1))
test "$index" -le "$last"

# The leaf's hash, then one hash of the path after the other: left or right of what was found so far.
{ printf '\000' && sed -n 's/^extra //p' "$folder/head" | base64 -d; } | hash >"$folder/node"
sed '1,/^index /d' "$folder/head" >"$folder/path"
while read -r sibling; do
    test "$last" -gt 0
    printf '%s' "$sibling" | base64 -d >"$folder/sibling"
    if [ $((index % 2)) -eq 1 ] || [ "$index" -eq "$last" ]; then
        { printf '\001' && cat "$folder/sibling" "$folder/node"; } | hash >"$folder/next"
        while [ $((index % 2)) -eq 0 ] && [ "$index" -gt 0 ]; do
            index=$((index / 2)) last=$((last / 2))
        done
    else
        { printf '\001' && cat "$folder/node" "$folder/sibling"; } | hash >"$folder/next"
    fi
    mv "$folder/next" "$folder/node"
    index=$((index / 2)) last=$((last / 2))
done <"$folder/path"
test "$last" -eq 0
test "$(base64 <"$folder/node")" = "$(sed -n 3p "$folder/checkpoint")"
echo "the leaf leads to the root"

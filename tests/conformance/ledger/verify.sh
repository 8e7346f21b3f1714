#!/bin/sh
# Verifies the signature of a checkpoint with OpenSSL alone.
#
#   verify.sh CHECKPOINT VKEY
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# The key: base64 after the second plus; its first byte is the type, the rest is the key, which PEM wants framed.
name=${2%%+*}
{
    printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    printf '%s' "${2#*+*+}" | base64 -d | tail -c 32
} >"$folder/key.der"

# The text ends before the empty line; the log's line is base64 of four bytes of key id and 64 of signature.
sed '/^$/,$d' "$1" >"$folder/text"
grep -F -- "— $name " "$1" | head -n 1 | cut -d' ' -f3 | base64 -d >"$folder/line"
tail -c +5 "$folder/line" >"$folder/signature"

id=$(head -c 4 "$folder/line" | od -An -tx1 | tr -d ' ')
test "$name+$id" = "${2%+*}"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$folder/key.der" -rawin -in "$folder/text" -sigfile "$folder/signature"

// Verifies a tiled log in a folder with golang.org/x/mod/sumdb, the reference implementation of notes and tiles:
// the checkpoint's signature, every tile and every entry, that the log grew from an older checkpoint, and one record.
//
//	verify FOLDER VKEY INDEX
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type folder string

func (f folder) Height() int { return tileHeight }

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// The path of x/mod names the height of a tile too: tile/8/0/001 is tile/0/001 in tlog-tiles.
func (f folder) path(t tlog.Tile) string {
	return filepath.Join(string(f), strings.Replace(t.Path(), "tile/8/", "tile/", 1))
}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(f.path(t))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) entries(n int64, width int) ([][]byte, error) {
	t := tlog.Tile{H: tileHeight, L: 0, N: n, W: width}
	data, err := os.ReadFile(strings.Replace(f.path(t), "tile/0/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		size := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+size {
			break
		}
		entries, data = append(entries, data[2:2+size]), data[2+size:]
	}
	if len(data) != 0 || len(entries) != width {
		return nil, errors.New("malformed entry bundle")
	}
	return entries, nil
}

func (f folder) checkpoint(name, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	data, err := os.ReadFile(filepath.Join(string(f), name))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("malformed checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("malformed root")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// everyEntry compares the entries with the hashes in the tiles, and their own tree with the root: version 0.7 of the
// reader above does not authenticate every tile of every size.
func (f folder) everyEntry(tree tlog.Tree, reader tlog.HashReader) error {
	var own []tlog.Hash
	ownReader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = own[index]
		}
		return hashes, nil
	})
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := 1 << tileHeight
		if rest := tree.N - first; rest < int64(width) {
			width = int(rest)
		}
		entries, err := f.entries(first>>tileHeight, width)
		if err != nil {
			return err
		}
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not what its hash says", first+int64(i))
			}
			stored, err := tlog.StoredHashes(first+int64(i), entry, ownReader)
			if err != nil {
				return err
			}
			own = append(own, stored...)
		}
	}
	root, err := tlog.TreeHash(tree.N, ownReader)
	if err == nil && root != tree.Hash {
		err = errors.New("the entries do not lead to the root")
	}
	return err
}

func (f folder) verify(vkey string, index int64) error {
	tree, err := f.checkpoint("checkpoint", vkey)
	if err != nil {
		return err
	}
	old, err := f.checkpoint("old-checkpoint", vkey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, f)
	if err := f.everyEntry(tree, reader); err != nil {
		return err
	}
	grown, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(grown, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return err
	}
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	for _, hash := range proof {
		fmt.Println(hash)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0])
}

func main() {
	index, err := strconv.ParseInt(os.Args[3], 10, 64)
	if err == nil {
		err = folder(os.Args[1]).verify(os.Args[2], index)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Checks a log directory with the checksum database's own code (golang.org/x/mod/sumdb): the note, every entry, one
// inclusion proof for each bundle, and consistency proofs between sizes.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// tiles reads C2SP tile files, whose paths are x/mod's without the tile height.
type tiles struct{ dir string }

func (t tiles) Height() int                     { return tileHeight }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, 0, len(want))
	for _, tile := range want {
		data, err := os.ReadFile(filepath.Join(t.dir, path(tile)))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: xmod <log directory> <vkey file>")
		os.Exit(2)
	}
	size, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Println("REJECTED", err)
		os.Exit(1)
	}
	fmt.Println("accepted", size)
}

func check(dir, vkeyFile string) (int64, error) {
	tree, err := openCheckpoint(dir, vkeyFile)
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(tree, tiles{dir})
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		if err := checkBundle(dir, tree, hashes, first); err != nil {
			return 0, fmt.Errorf("bundle at %d: %w", first, err)
		}
	}
	for _, older := range []int64{1, 2, 255, 256, 257, 65_536, tree.N} {
		if older > tree.N || older == 0 {
			continue
		}
		root, err := tlog.TreeHash(older, hashes)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(tree.N, older, hashes)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older, root); err != nil {
			return 0, fmt.Errorf("consistency with %d: %w", older, err)
		}
	}
	return tree.N, nil
}

func openCheckpoint(dir, vkeyFile string) (tlog.Tree, error) {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	empty, _ := tlog.TreeHash(0, nil)
	if size == 0 && tree.Hash != empty {
		return tlog.Tree{}, fmt.Errorf("wrong root of the empty tree")
	}
	return tree, nil
}

// checkBundle compares every entry with the level 0 tile, and proves one of them, which proves the whole tile.
func checkBundle(dir string, tree tlog.Tree, hashes tlog.HashReader, first int64) error {
	width := min(tree.N-first, 1<<tileHeight)
	tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(width)}
	leaves, err := os.ReadFile(filepath.Join(dir, path(tile)))
	if err != nil {
		return err
	}
	entries, err := os.ReadFile(filepath.Join(dir, strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)))
	if err != nil {
		return err
	}
	for slot := int64(0); slot < width; slot++ {
		if len(entries) < 2 || len(entries) < 2+int(binary.BigEndian.Uint16(entries)) {
			return fmt.Errorf("the bundle ends at entry %d", slot)
		}
		length := int(binary.BigEndian.Uint16(entries))
		hash := tlog.RecordHash(entries[2 : 2+length])
		entries = entries[2+length:]
		if !bytes.Equal(hash[:], leaves[slot*tlog.HashSize:(slot+1)*tlog.HashSize]) {
			return fmt.Errorf("entry %d does not have its leaf hash", slot)
		}
		if slot > 0 {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, first, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, first, hash); err != nil {
			return err
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("the bundle goes on after %d entries", width)
	}
	return nil
}

// Runs Tessera's fsck over a log directory: it derives every tile and the root from the entries.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

// Each wrong tile ends one of fsck's workers, and without workers it waits for ever: enough for every tile of a test.
const workers = 1024

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: fsck <log directory> <vkey file>")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Println("REJECTED", err)
		os.Exit(1)
	}
	fmt.Println("accepted")
}

func check(dir, vkeyFile string) error {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return err
	}
	files := &client.FileFetcher{Root: dir}
	checker := fsck.New(verifier.Name(), verifier, files, leafHashes, fsck.Opts{N: workers})
	return checker.Check(context.Background())
}

// leafHashes hashes the entries of a bundle as RFC 6962 does.
func leafHashes(bundle []byte) ([][]byte, error) {
	entries := api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(entries.Entries))
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

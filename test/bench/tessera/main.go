// Appends leaves to a Tessera log on POSIX storage, in process, and prints how many became durable a second, and the CPU
// time of one in microseconds: from the first Add until the future of the last one resolved. The wait for the next
// checkpoint is not counted, nor are the first leaves, with which everything gets going.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// As many as our writer makes durable together.
const batch = 4096

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: tessera <directory> <leaves> <bytes> <leaves that do not count>")
		os.Exit(2)
	}
	leaves, _ := strconv.Atoi(os.Args[2])
	bytes, _ := strconv.Atoi(os.Args[3])
	unmeasured, _ := strconv.Atoi(os.Args[4])
	figures, err := run(os.Args[1], leaves, bytes, unmeasured)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%.0f %f\n", float64(leaves)/figures.wall.Seconds(), float64(figures.cpu.Microseconds())/float64(leaves))
}

type figures struct{ wall, cpu time.Duration }

// cpuTime is what this process has used so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func run(directory string, leaves, bytes, unmeasured int) (figures, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	secret, _, err := note.GenerateKey(rand.Reader, "bench.example/tessera")
	if err != nil {
		return figures{}, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return figures{}, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: directory})
	if err != nil {
		return figures{}, err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(time.Second).
		WithBatching(batch, 250*time.Millisecond).
		WithPushback(uint(unmeasured+leaves) + 1)
	appender, shutdown, _, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return figures{}, err
	}
	entries := make([][]byte, unmeasured+leaves)
	for i := range entries {
		entries[i] = entry(i, bytes)
	}
	if err := addAll(ctx, appender, entries[:unmeasured]); err != nil {
		return figures{}, err
	}
	cpuBefore := cpuTime()
	started := time.Now()
	if err := addAll(ctx, appender, entries[unmeasured:]); err != nil {
		return figures{}, err
	}
	took := figures{wall: time.Since(started), cpu: cpuTime() - cpuBefore}
	return took, shutdown(ctx)
}

// addAll returns when all are durable.
func addAll(ctx context.Context, appender *tessera.Appender, entries [][]byte) error {
	futures := make([]tessera.IndexFuture, len(entries))
	for i, data := range entries {
		futures[i] = appender.Add(ctx, tessera.NewEntry(data))
	}
	for _, future := range futures {
		if _, err := future(); err != nil {
			return err
		}
	}
	return nil
}

// entry has no two alike, as audit records have.
func entry(index, bytes int) []byte {
	digest := sha512.Sum512([]byte(strconv.Itoa(index)))
	data := make([]byte, bytes)
	copy(data, hex.EncodeToString(digest[:]))
	return data
}

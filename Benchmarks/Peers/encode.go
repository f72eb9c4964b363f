// Encodes the pages that “benchmarks encoding” wrote, with Go's client.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sort"
	"syscall"

	"github.com/matttproud/golang_protobuf_extensions/pbutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

const rounds = 15

// cpu is the CPU time of all threads, the garbage collector's too, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

func read(path string) (families []*dto.MetricFamily) {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	in := bytes.NewReader(data)
	for {
		family := &dto.MetricFamily{}
		if _, err := pbutil.ReadDelimited(in, family); err == io.EOF {
			return families
		} else if err != nil {
			panic(err)
		}
		families = append(families, family)
	}
}

func encode(families []*dto.MetricFamily, format expfmt.Format) int {
	var out bytes.Buffer
	encoder := expfmt.NewEncoder(&out, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			panic(err)
		}
	}
	if closer, ok := encoder.(expfmt.Closer); ok {
		closer.Close()
	}
	return out.Len()
}

func main() {
	fmt.Println("| series | format | page | median | fastest | per series |\n|---|---|---|---|---|---|")
	for _, size := range []int{1000, 10000, 100000} {
		families := read(fmt.Sprintf("%s/%d.protobuf", os.Args[1], size))
		for _, format := range []struct {
			name   string
			format expfmt.Format
		}{{"text", expfmt.FmtText}, {"OpenMetrics", expfmt.FmtOpenMetrics}, {"protobuf", expfmt.FmtProtoDelim}} {
			// getrusage counts in microseconds at best: several small pages make one round.
			repeat, bytes := 100000/size, 0
			var times []float64
			for i := 0; i < rounds; i++ {
				start := cpu()
				for j := 0; j < repeat; j++ {
					bytes = encode(families, format.format)
				}
				times = append(times, (cpu()-start)/float64(repeat))
			}
			sort.Float64s(times)
			fmt.Printf("| %d | %s | %d kB | %.3g ms | %.3g ms | %.0f ns |\n", size, format.name, bytes/1000,
				times[rounds/2]*1e3, times[0]*1e3, times[rounds/2]/float64(size)*1e9)
		}
	}
}

package report

import (
	"fmt"
)

const barWidth = 6

// bar is one past run of a feature.
type bar struct {
	X, Y, Height int
	Status       Status
	Title        string
}

// trend draws how long the last runs of a feature took, and what became of it.
func (r Run) trend(file string) []bar {
	const most, height = 16, 16
	var ran []Past
	longest := 0.0
	for _, past := range r.Past {
		if f, ok := past.Features[file]; ok {
			ran = append(ran, past)
			longest = max(longest, f.Seconds)
		}
	}
	ran = ran[max(0, len(ran)-most):]
	var bars []bar
	for i, past := range ran {
		f := past.Features[file]
		tall := 3
		if longest > 0 {
			tall = max(3, int(f.Seconds/longest*height))
		}
		title := fmt.Sprintf("%s: %s, %s", day(past.When), word(f.Status()), seconds(f.Seconds))
		bars = append(bars, bar{i * barWidth, height - tall, tall, f.Status(), title})
	}
	return bars
}

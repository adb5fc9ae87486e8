package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// scripts/image-digests pins every image by the digest that docker prints, and replaces a digest from before.
func TestImageDigests(t *testing.T) {
	t.Parallel()
	folder, programs := t.TempDir(), t.TempDir()
	for _, name := range []string{"Dockerfile", "compose.yaml"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(folder, name), string(text))
	}
	docker := filepath.Join(programs, "docker")
	var text string
	for _, digest := range []string{strings.Repeat("a", 64), strings.Repeat("b", 64)} {
		writeFile(t, docker, "#!/bin/sh\necho sha256:"+digest+"\n")
		if err := os.Chmod(docker, 0o700); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), "../../scripts/image-digests", folder)
		command.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"))
		said, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		text = ""
		for _, name := range []string{"Dockerfile", "compose.yaml"} {
			part, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			text += string(part)
		}
		images := regexp.MustCompile(`(?m)^(?:FROM .*golang|FROM [a-z]+:|\s+image: ).*$`).FindAllString(text, -1)
		if len(images) < 6 {
			t.Fatalf("found only %q", images)
		}
		for _, image := range images {
			if !strings.Contains(image, "tandem:local") && strings.Count(image, "@sha256:"+digest) != 1 {
				t.Errorf("not pinned by %s: %s", digest, image)
			}
		}
	}
}

// Every image is named by its exact version, for people, and by its digest, which no registry can move.
func TestImagesArePinned(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`[a-z/]+:v?[0-9]+\.[0-9]+\.?[0-9]*[a-z-]*@sha256:[0-9a-f]{64}( AS [a-z]+)?$`)
	for _, name := range []string{"Dockerfile", "compose.yaml"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		images := regexp.MustCompile(`(?m)^(?:FROM|\s+image:) .*$`).FindAllString(string(text), -1)
		if len(images) == 0 {
			t.Errorf("%s names no image", name)
		}
		for _, image := range images {
			if !strings.HasSuffix(image, " tandem:local") && image != "FROM scratch" && !pinned.MatchString(image) {
				t.Errorf("%s: not pinned: %s", name, image)
			}
		}
	}
}

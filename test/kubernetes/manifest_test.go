// Package kubernetes checks deploy/kubernetes. It is a module of its own, so that the program does not depend on Kubernetes.
package kubernetes

import (
	"bytes"
	"os"
	"testing"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// The objects of the manifest.
type objects struct {
	deployment *apps.Deployment
	service    *core.Service
	budget     *policy.PodDisruptionBudget
	scaler     *autoscaling.HorizontalPodAutoscaler
	network    *networking.NetworkPolicy
}

// read returns the objects of the manifest. It refuses fields that the API of Kubernetes lacks, and values of another type.
func read(t *testing.T) (o objects) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/kubernetes/tandem.yaml")
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, autoscaling.AddToScheme, core.AddToScheme, networking.AddToScheme, policy.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		object, _, err := decoder.Decode(document, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		switch object := object.(type) {
		case *apps.Deployment:
			o.deployment = object
		case *core.Service:
			o.service = object
		case *policy.PodDisruptionBudget:
			o.budget = object
		case *autoscaling.HorizontalPodAutoscaler:
			o.scaler = object
		case *networking.NetworkPolicy:
			o.network = object
		}
	}
	if o.deployment == nil || o.service == nil || o.budget == nil || o.scaler == nil || o.network == nil {
		t.Fatal("an object is missing")
	}
	return o
}

// The objects name each other: selectors select the pods, and probes and the service name ports of the container.
func TestManifest(t *testing.T) {
	o := read(t)
	deployment, service, budget, scaler := o.deployment, o.service, o.budget, o.scaler
	pod := labels.Set(deployment.Spec.Template.Labels)
	for what, selector := range map[string]map[string]string{
		"the deployment": deployment.Spec.Selector.MatchLabels, "the service": service.Spec.Selector, "the budget": budget.Spec.Selector.MatchLabels,
		"the network policy": o.network.Spec.PodSelector.MatchLabels,
	} {
		if len(selector) == 0 || !labels.SelectorFromSet(selector).Matches(pod) {
			t.Errorf("%s selects %v, and the pods have %v", what, selector, pod)
		}
	}
	container := deployment.Spec.Template.Spec.Containers[0]
	ports := map[string]int32{}
	for _, port := range container.Ports {
		ports[port.Name] = port.ContainerPort
	}
	for what, name := range map[string]string{
		"the service": service.Spec.Ports[0].TargetPort.StrVal, "the startup probe": container.StartupProbe.HTTPGet.Port.StrVal,
		"the liveness probe": container.LivenessProbe.HTTPGet.Port.StrVal, "the readiness probe": container.ReadinessProbe.HTTPGet.Port.StrVal,
	} {
		if ports[name] != 8080 {
			t.Errorf("%s names the port %q", what, name)
		}
	}
	if target := scaler.Spec.ScaleTargetRef; target.Kind != "Deployment" || target.Name != deployment.Name {
		t.Errorf("the autoscaler scales %v", target)
	}
	// drainTime is within which the program ends after a signal (docs/operations/upgrade.md).
	const drainTime = 14
	if stop, given := container.Lifecycle.PreStop.Sleep.Seconds, *deployment.Spec.Template.Spec.TerminationGracePeriodSeconds; given < stop+drainTime+1 {
		t.Errorf("an instance has %d s to stop, and needs %d s", given, stop+drainTime+1)
	}
}

// Everybody reaches the API, and only named pods the port of the metrics, which has the profiles of the program too.
func TestNetworkPolicy(t *testing.T) {
	o := read(t)
	open := map[string]bool{}
	for _, rule := range o.network.Spec.Ingress {
		for _, port := range rule.Ports {
			open[port.Port.StrVal] = len(rule.From) == 0
		}
	}
	for _, port := range o.deployment.Spec.Template.Spec.Containers[0].Ports {
		everybody, named := open[port.Name]
		if !named || everybody != (port.Name == "http") {
			t.Errorf("the port %s is in the policy: %t, open to everybody: %t", port.Name, named, everybody)
		}
	}
}

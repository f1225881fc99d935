// The cargo of lesson 15: a crate that breaks every rule, and a porter that keeps them.

/** Privileged, with the disk of its node inside. */
export const crate = (name: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: cargo
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: crate
    image: busybox:1.37
    command: ["sh", "-c", "while true; do sleep 60; done"]
    securityContext:
      privileged: true
    volumeMounts:
    - name: ship
      mountPath: /ship
  volumes:
  - name: ship
    hostPath:
      path: /
`;

/** All that the level restricted asks for. */
export const porter = (name: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: cargo
spec:
  terminationGracePeriodSeconds: 1
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    seccompProfile:
      type: RuntimeDefault
  containers:
  - name: porter
    image: busybox:1.37
    command: ["sh", "-c", "while true; do sleep 60; done"]
    securityContext:
      allowPrivilegeEscalation: false
      capabilities:
        drop: ["ALL"]
`;

// Pods that lessons put on board, as manifests for /etc/kubernetes/manifests.

/** A web shop with a password in its environment, as one should not do it. */
export const webPod = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: web
    image: nginx:1.29
    ports:
    - containerPort: 80
    env:
    - name: DB_PASSWORD
      value: hunter2
`;

import { expect, it } from 'vitest';
import { namedPod } from './named-pod.ts';

it.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['kubectl exec -n shop cart-0 -- sh', 'pod_name:shop/cart-0'],
  [
    '/usr/local/bin/kubectl --kubeconfig cluster.yaml -n shop exec -it cart-0 -c app -- id',
    'pod_name:shop/cart-0',
  ],
  ['kubectl exec --namespace=shop pod/cart-0 -- id', 'pod_name:shop/cart-0'],
  ['kubectl -n shop cp cart-0:/etc/passwd passwd', 'pod_name:shop/cart-0'],
  ['kubectl debug -n shop -it cart-0 --image=busybox', 'pod_name:shop/cart-0'],
  ['./x exec "cat /etc/passwd" -s 10.0.0.3 -n shop -p cart-0 -c app', 'pod_name:shop/cart-0'],
  ['kubeletctl run "sh -c id" --namespace shop --pod cart-0', 'pod_name:shop/cart-0'],
  [`./x run "sh -c 'mkdir -p /mnt/h'" -s 10.0.0.3 -n shop -p cart-0`, 'pod_name:shop/cart-0'],
  ['kubectl exec -n shop cart-0 -- head -n 5 -p x', 'pod_name:shop/cart-0'],
  [
    'cat /var/lib/kubelet/pods/0c5c2f7e-1b1a-4a55-8a0f-4f1f6f0a7d11/volumes/kubernetes.io~projected/token/token',
    'pod:0c5c2f7e-1b1a-4a55-8a0f-4f1f6f0a7d11',
  ],
  [
    'ls /var/lib/kubelet/pods/5d41402abc4b2a76b9719d911017c592/etc-hosts',
    'pod:5d41402abc4b2a76b9719d911017c592',
  ],
  ['find /var/lib/kubelet/pods -name token', undefined],
  ['kubectl get pods -n shop', undefined],
  ['kubectl exec cart-0 -- sh', undefined],
  ['kubectl exec -n shop -- sh', undefined],
  ['docker run -n 3 -p 80:80 web', undefined],
  ['tail -n 5 run', undefined],
])('%s enters %s', (command_line, pod) => {
  expect(namedPod(command_line)).toBe(pod);
});

it('is quick on long text', () => {
  expect(namedPod(`kubectl -n shop exec${' -i'.repeat(1_000_000)} cart-0`)).toBeUndefined();
});

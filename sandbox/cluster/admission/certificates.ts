// Plugins about certificate requests: who may approve and who may sign for a signer, and whom no signer makes.

import { parseRequest } from "../csr/parse.ts";
import { at, textOf } from "../object.ts";
import { forbidden } from "../status.ts";
import type { AdmissionRequest, Plugin } from "./types.ts";

const GROUP = "certificates.k8s.io";
const STORAGE = `certificatesigningrequests.${GROUP}`;

const signerOf = ({ object }: AdmissionRequest): string => textOf(at(object, "spec", "signerName"));

/** Rights on a signer: by its name, or on all of its domain. */
function mayFor(request: AdmissionRequest, verb: string): boolean {
  const signer = signerOf(request);
  const domain = signer.slice(0, signer.indexOf("/"));
  return [signer, `${domain}/*`].some((name) => request.may(verb, GROUP, "signers", name));
}

export const certificateApproval: Plugin = {
  name: "CertificateApproval",
  validate(request) {
    const { resource, subresource, operation, name } = request;
    if (resource.storage !== STORAGE || subresource !== "approval" || operation !== "UPDATE") return;
    if (!mayFor(request, "approve"))
      throw forbidden(
        resource,
        name,
        `user not permitted to approve requests with signerName ${JSON.stringify(signerOf(request))}`,
      );
  },
};

const signedPart = (object: unknown): string =>
  JSON.stringify([at(object, "status", "certificate") ?? null, at(object, "status", "conditions") ?? []]);

export const certificateSigning: Plugin = {
  name: "CertificateSigning",
  validate(request) {
    const { resource, subresource, operation, name, object, old } = request;
    if (resource.storage !== STORAGE || subresource !== "status" || operation !== "UPDATE") return;
    if (signedPart(object) === signedPart(old) || mayFor(request, "sign")) return;
    throw forbidden(
      resource,
      name,
      `user not permitted to sign requests with signerName ${JSON.stringify(signerOf(request))}`,
    );
  },
};

export const certificateSubjectRestriction: Plugin = {
  name: "CertificateSubjectRestriction",
  validate(request) {
    const { resource, subresource, operation, name, object } = request;
    if (resource.storage !== STORAGE || subresource !== "" || operation !== "CREATE") return;
    if (signerOf(request) !== "kubernetes.io/kube-apiserver-client") return;
    const parsed = parseRequest(textOf(at(object, "spec", "request")));
    if (typeof parsed === "string") throw forbidden(resource, name, `unable to parse csr: ${parsed}`);
    if (parsed.organizations.includes("system:masters"))
      throw forbidden(
        resource,
        name,
        "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
      );
  },
};

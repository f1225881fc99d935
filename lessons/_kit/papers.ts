// Certificates that lessons put on board. Made for the course, known to everybody, and good for nothing else.

/** The CA of a fleet that was given up, and its key, which somebody left lying about. */
export const oldCaKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIKZjemkdJNoe6Qzvseuk6vShphZfmq8zP582oUdLLwnboAoGCCqGSM49
AwEHoUQDQgAE2t8uA/sOAx2BwptQGqvkXifCjadLmRScPMkx0jhYgr8hMXONj85x
TF+e3qdv2vjlFJeapJMVUiGQvHXSM50fRQ==
-----END EC PRIVATE KEY-----
`;

export const oldCa = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUYAe6DjWyBdETfJ6+9+MDbVODMUAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJb2xkLWZsZWV0MB4XDTI1MDMwMTAwMDAwMFoXDTMwMDMwMTAw
MDAwMFowFDESMBAGA1UEAwwJb2xkLWZsZWV0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE2t8uA/sOAx2BwptQGqvkXifCjadLmRScPMkx0jhYgr8hMXONj85xTF+e
3qdv2vjlFJeapJMVUiGQvHXSM50fRaNTMFEwHQYDVR0OBBYEFMgDFeY+mC/SUjzu
+WJgVsbYQIpnMB8GA1UdIwQYMBaAFMgDFeY+mC/SUjzu+WJgVsbYQIpnMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgKSgyPoIHqqNsmBfxJDPegP0I
n6kv8u5PWaEqEhigf9QCID+kNFacQF/tQtEOOPiK/2FEiHuAgLQryAJ407bp0CLB
-----END CERTIFICATE-----
`;

/** A client certificate that was signed with it, in the name of the API server. */
export const forgedKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIGEcve826E9wSPnxWOgceIXmdFSEEB1ggA2MVFTZb+7goAoGCCqGSM49
AwEHoUQDQgAEonkq1N6I+ljL/a4NVXAPtG3ywdAoFaAleN99YD48yIwc0q9NOrVs
aOYIwBEcwStiapL3wQl7FpW1hcSxIZERHw==
-----END EC PRIVATE KEY-----
`;

export const forged = `-----BEGIN CERTIFICATE-----
MIIBgTCCASagAwIBAgIUWFVcswHyIi2pXZvw1SE3EJaXVfkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJb2xkLWZsZWV0MB4XDTI2MDkwMTAwMDAwMFoXDTMwMDIwMTAw
MDAwMFowKDEmMCQGA1UEAwwda3ViZS1hcGlzZXJ2ZXIta3ViZWxldC1jbGllbnQw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASieSrU3oj6WMv9rg1VcA+0bfLB0CgV
oCV4331gPjzIjBzSr006tWxo5gjAERzBK2JqkvfBCXsWlbWFxLEhkREfo0IwQDAd
BgNVHQ4EFgQUP78HK+0ehb9xF0a4qTheMj00kcgwHwYDVR0jBBgwFoAUyAMV5j6Y
L9JSPO75YmBWxthAimcwCgYIKoZIzj0EAwIDSQAwRgIhAI7vHCSP9Dzc/B1P0b/+
EGCCJoc0o74N9OIcmFrSw/dkAiEAzUWaiHpj3/nQbrWrUxTzYzsn6HdyLsGrPR5q
Nbxmgiw=
-----END CERTIFICATE-----
`;

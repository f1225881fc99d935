// The curves that openssl ecparam -list_curves names (OpenSSL 3.5).

/** A line has whose curves they are, over which field (p prime, b binary), and names; bits that are not in the name follow it. */
const CURVES = `
SECG/WTLS p secp112r1
SECG p secp112r2 secp128r1 secp128r2 secp160k1 secp160r1
SECG/WTLS p secp160r2
SECG p secp192k1 secp224k1
NIST/SECG p secp224r1
SECG p secp256k1
NIST/SECG p secp384r1 secp521r1
NIST/X9.62/SECG p prime192v1
X9.62 p prime192v2 prime192v3 prime239v1 prime239v2 prime239v3
X9.62/SECG p prime256v1
SECG b sect113r1 sect113r2
SECG/WTLS b sect131r1
SECG b sect131r2
NIST/SECG/WTLS b sect163k1
SECG b sect163r1
NIST/SECG b sect163r2
SECG b sect193r1 sect193r2
NIST/SECG/WTLS b sect233k1 sect233r1
SECG b sect239k1
NIST/SECG b sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1
X9.62 b c2pnb163v1 c2pnb163v2 c2pnb163v3 c2pnb176v1 c2tnb191v1 c2tnb191v2 c2tnb191v3 c2pnb208w1 c2tnb239v1 c2tnb239v2 c2tnb239v3 c2pnb272w1 c2pnb304w1 c2tnb359v1 c2pnb368w1 c2tnb431r1
WTLS b wap-wsg-idm-ecid-wtls1=113
NIST/SECG/WTLS b wap-wsg-idm-ecid-wtls3=163
SECG b wap-wsg-idm-ecid-wtls4=113
X9.62 b wap-wsg-idm-ecid-wtls5=163
SECG/WTLS p wap-wsg-idm-ecid-wtls6=112 wap-wsg-idm-ecid-wtls7=160
WTLS p wap-wsg-idm-ecid-wtls8=112 wap-wsg-idm-ecid-wtls9=160
NIST/SECG/WTLS b wap-wsg-idm-ecid-wtls10=233 wap-wsg-idm-ecid-wtls11=233
WTLS p wap-wsg-idm-ecid-wtls12=224
IPSec/IKE/Oakley b Oakley-EC2N-3=155 Oakley-EC2N-4=185
RFC 5639 p brainpoolP160r1 brainpoolP160t1 brainpoolP192r1 brainpoolP192t1 brainpoolP224r1 brainpoolP224t1 brainpoolP256r1 brainpoolP256t1 brainpoolP320r1 brainpoolP320t1 brainpoolP384r1 brainpoolP384t1 brainpoolP512r1 brainpoolP512t1
SM2 p SM2=256
`;

const OAKLEY = "IPSec/IKE/Oakley";

/** The list as it is printed. */
export function listCurves(): string {
  let text = "";
  for (const line of CURVES.trim().split("\n")) {
    const [, owner = "", field, names = ""] = /^(.*?) ([pb]) (.*)$/.exec(line) ?? [];
    for (const each of names.split(" ")) {
      const [name = "", told] = each.split("=");
      const over = `over a ${told ?? /\d{3}/.exec(name)?.[0]} bit ${field === "p" ? "prime" : "binary"} field`;
      text +=
        owner === OAKLEY
          ? `  ${name}: \n\t${owner} curve #${name.at(-1)} ${over}.\n\tNot suitable for ECDSA.\n\tQuestionable extension field!\n`
          : `  ${name.padEnd(10)}: ${owner} curve ${over}\n`;
    }
  }
  return text;
}

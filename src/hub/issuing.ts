// Class exams carry the hub's signature: whoever gets a result sees whether this hub set that exam. Of who sat it the signature says nothing.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import type { IssuedExam } from "./api/issued.ts";
import type { RoomState } from "./room-state.ts";
import type { Ask } from "./store/database.ts";

type Settings = Omit<IssuedExam, "signature">;

/** What is signed: a name for what it is, and one line for each value; none of them can hold a line feed. */
const wordsOf = ({ seed, minutes, room, act, at }: Settings): Buffer =>
  Buffer.from(["kubelet-captain class exam 1", seed, minutes, room, act, at].join("\n"));

async function findKey(ask: Ask): Promise<KeyObject | undefined> {
  const [row] = await ask<{ pem: string }>("SELECT pem FROM signing_keys WHERE id = 1");
  return row === undefined ? undefined : createPrivateKey(row.pem);
}

/** The hub's key, made when the first exam is issued. Hubs on one database share it: the first to write it wins. */
async function holdKey(ask: Ask): Promise<KeyObject> {
  const known = await findKey(ask);
  if (known !== undefined) return known;
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  await ask("INSERT INTO signing_keys (id, pem) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", String(pem));
  return (await findKey(ask)) as KeyObject;
}

/** The room with the exam that runs in it signed. The same exam always has the same signature. */
export async function issueExam(ask: Ask, room: string, view: RoomState): Promise<RoomState> {
  if (view.exam === undefined) return view;
  const { seed, minutes, act, startedAt: at } = view.exam;
  const signature = sign(null, wordsOf({ seed, minutes, room, act, at }), await holdKey(ask)).toString("base64url");
  return { ...view, exam: { ...view.exam, signature } };
}

/** Whether this hub issued an exam of that seed and length, there and then. */
export async function isIssued(ask: Ask, { signature, ...settings }: IssuedExam): Promise<boolean> {
  const key = await findKey(ask);
  return (
    key !== undefined &&
    verify(null, wordsOf(settings), createPublicKey(key), new Uint8Array(Buffer.from(signature, "base64url")))
  );
}

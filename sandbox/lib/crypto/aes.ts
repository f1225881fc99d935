// AES in CBC mode with PKCS#7 padding, for private keys under a pass phrase and `openssl enc`. Plain and small, not quick.

const RCON_SIZE = 15;

function xtime(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff;
}

function multiply(a: number, b: number): number {
  let [x, y, result] = [a, b, 0];
  while (y > 0) {
    if (y & 1) result ^= x;
    x = xtime(x);
    y >>= 1;
  }
  return result;
}

/** The S-box and its inverse, made from the field's inverses. */
function makeBoxes(): { box: Uint8Array; inverse: Uint8Array } {
  const box = new Uint8Array(256);
  const inverse = new Uint8Array(256);
  let [p, q] = [1, 1];
  do {
    p = p ^ xtime(p);
    q = (q ^ (q << 1)) & 0xff;
    q = (q ^ (q << 2)) & 0xff;
    q = (q ^ (q << 4)) & 0xff;
    if (q & 0x80) q ^= 0x09;
    const rotate = (by: number) => ((q << by) | (q >> (8 - by))) & 0xff;
    box[p] = q ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63;
  } while (p !== 1);
  box[0] = 0x63;
  for (let i = 0; i < 256; i++) inverse[box[i] as number] = i;
  return { box, inverse };
}

const { box, inverse } = makeBoxes();

function expandKey(key: Uint8Array): Uint8Array[] {
  const words = key.length / 4;
  const rounds = words + 6;
  const list: number[][] = [];
  for (let i = 0; i < words; i++) list.push([...key.subarray(i * 4, i * 4 + 4)]);
  let rcon = 1;
  for (let i = words; i < 4 * (rounds + 1); i++) {
    let word = [...(list[i - 1] as number[])];
    if (i % words === 0) {
      word = [...word.slice(1), word[0] as number].map((byte) => box[byte] as number);
      word[0] = (word[0] as number) ^ rcon;
      rcon = xtime(rcon);
    } else if (words > 6 && i % words === 4) word = word.map((byte) => box[byte] as number);
    list.push(word.map((byte, j) => byte ^ (list[i - words]?.[j] as number)));
  }
  return Array.from({ length: Math.min(rounds + 1, RCON_SIZE) }, (_, i) =>
    Uint8Array.from(list.slice(i * 4, i * 4 + 4).flat()),
  );
}

function addKey(state: Uint8Array, key: Uint8Array): void {
  for (let i = 0; i < 16; i++) state[i] = (state[i] as number) ^ (key[i] as number);
}

function mix(state: Uint8Array, factors: readonly number[]): void {
  for (let column = 0; column < 16; column += 4) {
    const old = state.slice(column, column + 4);
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let i = 0; i < 4; i++) sum ^= multiply(old[i] as number, factors[(i - row + 4) % 4] as number);
      state[column + row] = sum;
    }
  }
}

function shiftRows(state: Uint8Array, sign: 1 | -1): void {
  const old = state.slice();
  for (let i = 0; i < 16; i++) state[i] = old[(i + sign * 4 * (i % 4) + 16) % 16] as number;
}

function encryptBlock(keys: readonly Uint8Array[], state: Uint8Array): void {
  addKey(state, keys[0] as Uint8Array);
  for (let round = 1; round < keys.length; round++) {
    for (let i = 0; i < 16; i++) state[i] = box[state[i] as number] as number;
    shiftRows(state, 1);
    if (round < keys.length - 1) mix(state, [2, 3, 1, 1]);
    addKey(state, keys[round] as Uint8Array);
  }
}

function decryptBlock(keys: readonly Uint8Array[], state: Uint8Array): void {
  for (let round = keys.length - 1; round > 0; round--) {
    addKey(state, keys[round] as Uint8Array);
    if (round < keys.length - 1) mix(state, [14, 11, 13, 9]);
    shiftRows(state, -1);
    for (let i = 0; i < 16; i++) state[i] = inverse[state[i] as number] as number;
  }
  addKey(state, keys[0] as Uint8Array);
}

/** Key of 16, 24 or 32 bytes, initialisation vector of 16. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const keys = expandKey(key);
  const padding = 16 - (data.length % 16);
  const result = new Uint8Array(data.length + padding).fill(padding);
  result.set(data);
  let before = iv;
  for (let at = 0; at < result.length; at += 16) {
    const block = result.subarray(at, at + 16);
    addKey(block, before);
    encryptBlock(keys, block);
    before = block;
  }
  return result;
}

/** Undefined where the padding shows that key or data are wrong. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (data.length === 0 || data.length % 16 !== 0) return undefined;
  const keys = expandKey(key);
  const result = new Uint8Array(data);
  for (let at = 0; at < data.length; at += 16) {
    const block = result.subarray(at, at + 16);
    decryptBlock(keys, block);
    addKey(block, at === 0 ? iv : data.subarray(at - 16, at));
  }
  const padding = result.at(-1) ?? 0;
  if (padding < 1 || padding > 16 || result.subarray(-padding).some((byte) => byte !== padding)) return undefined;
  return result.slice(0, -padding);
}

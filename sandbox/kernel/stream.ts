// Byte streams with back-pressure: what pipes, sockets and pseudo-terminals are made of.

/** Plain data. A stream has one buffer; readers and writers are counted by the descriptors that hold its ends. */
export interface Stream {
  readonly id: number;
  chunks: Uint8Array[];
  size: number;
  readonly capacity: number;
  readers: number;
  writers: number;
  /** A writer was there at least once: a FIFO that nobody opened yet is not at its end. */
  opened: boolean;
  /** The writing socket was closed with data unread: its peer is told so once (TCP's RST). */
  reset?: boolean;
}

export function createStream(id: number, capacity = 65_536): Stream {
  return { id, chunks: [], size: 0, capacity, readers: 0, writers: 0, opened: false };
}

/** Takes up to `max` bytes out. */
export function take(stream: Stream, max: number): Uint8Array {
  const first = stream.chunks[0];
  if (first === undefined) return EMPTY;
  if (first.length >= max || stream.chunks.length === 1) {
    const part = first.length > max ? first.subarray(0, max) : first;
    if (first.length > max) stream.chunks[0] = first.subarray(max);
    else stream.chunks.shift();
    stream.size -= part.length;
    return part;
  }
  const whole = new Uint8Array(Math.min(stream.size, max));
  let at = 0;
  let used = 0;
  for (const chunk of stream.chunks) {
    const part = chunk.subarray(0, whole.length - at);
    whole.set(part, at);
    at += part.length;
    if (part.length < chunk.length) {
      stream.chunks[used] = chunk.subarray(part.length);
      break;
    }
    used += 1;
    if (at === whole.length) break;
  }
  stream.chunks.splice(0, used);
  stream.size -= whole.length;
  return whole;
}

/** Puts as much in as fits; the number of bytes taken. */
export function put(stream: Stream, bytes: Uint8Array): number {
  const room = Math.min(stream.capacity - stream.size, bytes.length);
  if (room <= 0) return 0;
  stream.chunks.push(bytes.slice(0, room));
  stream.size += room;
  return room;
}

const EMPTY = new Uint8Array(0);

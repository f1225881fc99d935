// Error numbers of Linux with the texts of strerror(3). An error is a value: it is returned, not thrown.

const TEXTS = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  ESRCH: "No such process",
  EINTR: "Interrupted system call",
  EIO: "Input/output error",
  ENXIO: "No such device or address",
  E2BIG: "Argument list too long",
  ENOEXEC: "Exec format error",
  EBADF: "Bad file descriptor",
  ECHILD: "No child processes",
  EAGAIN: "Resource temporarily unavailable",
  ENOMEM: "Cannot allocate memory",
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EXDEV: "Invalid cross-device link",
  ENODEV: "No such device",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  EINVAL: "Invalid argument",
  EMFILE: "Too many open files",
  ENOTTY: "Inappropriate ioctl for device",
  ETXTBSY: "Text file busy",
  EFBIG: "File too large",
  ENOSPC: "No space left on device",
  ESPIPE: "Illegal seek",
  EROFS: "Read-only file system",
  EMLINK: "Too many links",
  EPIPE: "Broken pipe",
  ENAMETOOLONG: "File name too long",
  ENOTEMPTY: "Directory not empty",
  ELOOP: "Too many levels of symbolic links",
  ENOTSOCK: "Socket operation on non-socket",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  ENETUNREACH: "Network is unreachable",
  ECONNRESET: "Connection reset by peer",
  ENOTCONN: "Transport endpoint is not connected",
  ETIMEDOUT: "Connection timed out",
  ECONNREFUSED: "Connection refused",
  EHOSTUNREACH: "No route to host",
  EAFNOSUPPORT: "Address family not supported by protocol",
  EOPNOTSUPP: "Operation not supported",
} as const;

export type ErrnoCode = keyof typeof TEXTS;

/** A failed system call: its code and the text that strerror(3) gives for it. */
export class Errno {
  readonly code: ErrnoCode;
  readonly text: string;

  constructor(code: ErrnoCode) {
    this.code = code;
    this.text = TEXTS[code];
  }
}

const made = new Map<ErrnoCode, Errno>();
for (const code of Object.keys(TEXTS) as ErrnoCode[]) made.set(code, Object.freeze(new Errno(code)));

/** The one Errno value of a code. */
export function errno(code: ErrnoCode): Errno {
  return made.get(code) as Errno;
}

/** Whether a system call failed; narrows the other way to its result. */
export function isErrno(value: unknown): value is Errno {
  return value instanceof Errno;
}

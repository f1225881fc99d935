// Random command lines from bash's grammar, by a seed: what people type, what nobody types, and both with slips of the finger.

/** Chooses by a seeded generator, so that a line is found again by its seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }

  /** A whole number from 0 to below `n` (mulberry32). */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** So many pieces from `from` to `to`, joined. */
  some(from: number, to: number, piece: () => string, between = " "): string {
    return Array.from({ length: from + this.below(to - from + 1) }, piece).join(between);
  }
}

const NAMES = ["x", "y", "a", "m", "HOME", "PATH", "IFS", "RANDOM", "n", "_", "PIPESTATUS", "BASH_REMATCH", "OPTIND"];
const SPECIAL = ["?", "$", "!", "#", "@", "*", "-", "0", "1", "9"];
const PLAIN = [
  "a",
  "b c",
  "file",
  "notes.txt",
  "d",
  "d/e",
  "1",
  "-7",
  "010",
  "0x1f",
  "é",
  "*.txt",
  "[a-c]*",
  "?",
  "~",
  "/etc/passwd",
  "./run",
  "%d",
  "--",
  "-n",
  "x=1",
  "==",
  "{a,b}",
  "{1..3}",
  "{c..a}",
  "!",
  "日本",
  "\\n",
];
const FILES = ["file", "notes.txt", "d/e", "/etc/passwd", "d", "missing", "/dev/null", "new", "-", "."];

/** Programs with what they are often given. */
const PROGRAMS: readonly (readonly [name: string, options: readonly string[]])[] = [
  ["echo", ["-n", "-e", "-E"]],
  ["printf", ["%s\\n", "%5d|", "%-8s%q\\n", "%x %o\\n", "-v y %s", "%(%F)T", "%b", "%*d"]],
  ["cat", ["-n", "-A", "-s", "-b"]],
  ["ls", ["-l", "-la", "-1", "-d", "-R", "-t", "--color=always", "-i", "-F", "-h"]],
  [
    "grep",
    [
      "-n",
      "-v",
      "-c",
      "-i",
      "-E",
      "-o",
      "-r",
      "-q",
      "-l",
      "-w",
      "-A1",
      "-F",
      "-x",
      "root",
      "'a*b'",
      "'(a|b)+c?'",
      "'[[:alpha:]]'",
      "'\\(x\\)\\1'",
    ],
  ],
  [
    "sed",
    [
      "-n",
      "-e",
      "s/a/b/g",
      "'2p'",
      "'1,3d'",
      "'$!N;P;D'",
      "-E",
      "'s/(.)(.)/\\2\\1/'",
      "'y/ab/ba/'",
      "-i",
      "'/x/,/y/p'",
      "'a\\'",
    ],
  ],
  [
    "awk",
    [
      "'{print $1}'",
      "-F:",
      "'BEGIN{print 1/3}'",
      "'NR==2'",
      "'{s+=$1} END {print s}'",
      "'/a/{n++} END{print n}'",
      "'{gsub(/a/,\"b\")}1'",
      "'{printf \"%s\\n\",$0}'",
    ],
  ],
  ["sort", ["-n", "-r", "-u", "-k2", "-t:", "-k1,1n", "-c", "-h", "-V"]],
  ["uniq", ["-c", "-d", "-u", "-i"]],
  ["head", ["-n1", "-3", "-c5", "-n-1"]],
  ["tail", ["-n1", "-2", "-c5", "-n+2"]],
  ["wc", ["-l", "-c", "-w", "-m", "-L"]],
  ["cut", ["-d:", "-f1", "-c1-3", "-f2-", "-s"]],
  ["tr", ["a-z A-Z", "-d 'a'", "-s ' '", "'[:upper:]' '[:lower:]'", "-c a-z x"]],
  [
    "find",
    [
      ".",
      "-name '*.txt'",
      "-type f",
      "-maxdepth 1",
      "-exec echo {} \\;",
      "-print0",
      "-size +0",
      "-newer file",
      "-delete",
    ],
  ],
  ["xargs", ["-n1", "echo", "-I{}", "-0", "-r"]],
  ["diff", ["-u", "-q", "file", "notes.txt", "-r", "-y"]],
  ["touch", ["-d 2026-01-01", "-c", "-r file"]],
  ["mkdir", ["-p", "-m 700", "new"]],
  ["rm", ["-f", "-r", "-i", "new"]],
  ["cp", ["-r", "-p", "file", "-v"]],
  ["mv", ["-n", "file", "-v"]],
  ["ln", ["-s", "-f", "file"]],
  ["chmod", ["600", "u+x", "go=", "-R", "a=rX"]],
  ["stat", ["-c %a", "-c '%n %s'", "-f"]],
  ["date", ["+%F", "-u", "-d tomorrow", "-d @0", "+%s"]],
  ["seq", ["3", "1 2 9", "-w 8 11", "5 -1 1", "-s, 3"]],
  ["tee", ["-a", "new"]],
  ["id", ["-u", "-un", "-G"]],
  ["ps", ["aux", "-ef", "-o pid,cmd", "-C bash"]],
  ["base64", ["-d", "-w0"]],
  ["sha256sum", ["-c", "file"]],
  ["jq", [".", "'.a[]?'", "-r", "-c", "-n '1+1'"]],
  ["expr", ["1 + 2", "a : 'a*'", "length x"]],
  ["env", ["-i", "A=1", "printenv"]],
  ["timeout", ["1", "sleep 9"]],
  ["sleep", ["0", "1", "0.1"]],
  ["nl", ["-ba"]],
  ["od", ["-c", "-An", "-tx1"]],
  ["paste", ["-d,", "-s", "-"]],
  ["comm", ["-12", "file", "notes.txt"]],
  ["basename", ["/a/b.c .c", "-a"]],
  ["kill", ["-0 $$", "-l", "%1", "-9 99999"]],
  ["column", ["-t", "-s:"]],
];

const BUILTINS: readonly (readonly [name: string, options: readonly string[]])[] = [
  ["cd", ["d", "-", "..", "-P", "/etc", "missing"]],
  ["pwd", ["-P", "-L"]],
  ["export", ["-p", "x=1", "-n x", "y"]],
  ["declare", ["-p", "-i n=3+4", "-a a=(1 2)", "-A m=([k]=v [l]=w)", "-r", "-x", "-f", "-F", "-n ref=x", "-u", "-g"]],
  ["local", ["x=1"]],
  ["unset", ["x", "-f f", "a[0]", "-v y"]],
  ["read", ["-r x", "-a a", "-n1 x", "-d: x", "-t0", "-p '? '", "x y"]],
  ["set", ["--", "-- 1 2 3", "-u", "+u", "-x", "+x", "-o pipefail", "-f", "+f", "-o", "+o", "-C", "+C"]],
  ["shopt", ["-s extglob", "-s nullglob", "-u nullglob", "-s globstar", "-p", "-q extglob", "nosuch"]],
  ["trap", ["-p", "'echo bye' INT", "- INT", "'echo t' EXIT", "'' TERM", "'echo d' DEBUG", "- DEBUG EXIT", "-l"]],
  ["type", ["-a ls", "-t cd", "if", "f", "-p cat"]],
  ["command", ["-v ls", "-V cd", "ls"]],
  ["alias", ["ll='ls -l'", "-p", "nosuch", "e='echo '"]],
  ["unalias", ["-a", "ll"]],
  ["test", ["-f file", "a = b", "1 -lt 2", "! -e d", "-z", "\\( a \\)"]],
  ["[", ["-d d ]", "a == a ]", "1 -eq x ]", "-n ''", "]"]],
  ["eval", ["'echo hi'", "x=1", "'for i in 1 2; do echo $i; done'", "'echo \"'"]],
  ["shift", ["", "2", "-1"]],
  ["getopts", ["ab: o -a", ":x o"]],
  ["mapfile", ["-t a", "-n1 a"]],
  ["jobs", ["-l", "-p"]],
  ["fg", ["", "%1"]],
  ["bg", ["", "%%"]],
  ["wait", ["", "-n", "%1", "99999"]],
  ["disown", ["-a", "%1"]],
  ["history", ["3", "-c", "-d 1", "-s x"]],
  ["fc", ["-l", "-ln -2", "-s"]],
  ["ulimit", ["-n", "-a", "-c 0", "-Sn 100"]],
  ["umask", ["", "-S", "022", "u=rwx,go="]],
  ["hash", ["", "-r", "ls"]],
  ["pushd", ["d", "+1", ""]],
  ["popd", ["", "-n"]],
  ["dirs", ["-v", "-c"]],
  ["let", ["n=1+2", "'n++'", "x=1/0"]],
  ["source", ["run", "missing", "/dev/null"]],
  ["return", ["", "3"]],
  ["break", ["", "2", "0"]],
  ["continue", [""]],
  ["true", [""]],
  ["false", [""]],
  [":", [""]],
  ["compgen", ["-b", "-W 'a b' a", "-f d"]],
  ["complete", ["-p", "-W 'one two' prog"]],
  ["bind", ["-p", "-P"]],
  ["help", ["cd", "-d test"]],
  ["times", [""]],
  ["caller", ["", "0"]],
  ["enable", ["-n test", "test", "-a"]],
  ["exec", ["3<file", "3>&-", "4>new", "2>&1"]],
  ["exit", ["3"]],
];

/** Writes lines of the grammar; `depth` keeps them finite. */
class Writer {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: shell text
  #parameter(depth: number): string {
    const dice = this.#dice;
    const name = dice.chance(70) ? dice.of(NAMES) : dice.of(SPECIAL);
    const index = dice.chance(20) ? dice.of(["[0]", "[@]", "[*]", "[-1]", "[n+1]", "[k]"]) : "";
    const word = () => (depth > 0 ? this.#word(depth - 1) : "w");
    switch (dice.below(9)) {
      case 0:
      case 1:
        return `$${name}`;
      case 2:
        return `\${${name}${index}}`;
      case 3:
        return `\${#${name}${index}}`;
      case 4:
        return `\${${name}${index}${dice.of([":-", "-", ":=", "=", ":+", "+", ":?", "?"])}${word()}}`;
      case 5:
        return `\${${name}${index}${dice.of(["#", "##", "%", "%%"])}${dice.of(["*", "?", "[a-z]", "*/", ".*", word()])}}`;
      case 6:
        return `\${${name}${index}${dice.of(["/", "//", "/#", "/%"])}${dice.of(["a", "?", "*", ""])}/${word()}}`;
      case 7:
        return `\${${name}${index}:${this.#arithmetic(1)}${dice.chance(50) ? `:${this.#arithmetic(1)}` : ""}}`;
      default:
        return dice.of([
          `\${!${name}${index}}`,
          `\${!${name}*}`,
          `\${${name}${index}${dice.of(["^", "^^", ",", ",,", "@Q", "@A", "@a", "@E", "@P", "@U"])}}`,
        ]);
    }
  }
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: shell text

  #arithmetic(depth: number): string {
    const dice = this.#dice;
    if (depth <= 0 || dice.chance(30))
      return dice.of(["1", "0", "n", "x", "-3", "0x10", "2#101", "a[0]", "$#", "08", "9999999999"]);
    const left = this.#arithmetic(depth - 1);
    const right = this.#arithmetic(depth - 1);
    return dice.of([
      `${left}${dice.of(["+", "-", "*", "/", "%", "**", "<<", ">>", "<", ">=", "==", "&&", "||", "&", "^", "|", ","])}${right}`,
      `(${left})`,
      `${dice.of(["!", "~", "-", "+", "++", "--"])}${left}`,
      `n${dice.of(["=", "+=", "-=", "*=", "%="])}${right}`,
      `${left}?${right}:1`,
      dice.of(["n++", "x--"]),
    ]);
  }

  #word(depth: number): string {
    const dice = this.#dice;
    const inner = () => this.#word(depth - 1);
    const kind = dice.below(depth > 0 ? 14 : 4);
    switch (kind) {
      case 4:
      case 5:
        return `"${dice.some(1, 3, () => (dice.chance(50) ? this.#parameter(depth - 1) : dice.of(["text", " ", "\\$", "`", "'", "!"]).replace("`", "\\`")), "")}"`;
      case 6:
        return `'${dice.of(["a b", "$x", "*", "", "\\"])}'`;
      case 7:
        return `$(${this.#list(depth - 1)})`;
      case 8:
        return `$((${this.#arithmetic(2)}))`;
      case 9:
        return `$'${dice.of(["\\n", "\\t\\x41", "\\u00e9", "\\'", "\\0"])}'`;
      case 10:
        return `\`${dice.of(["echo hi", "pwd", "false", "echo \\$x"])}\``;
      case 11:
        return inner() + inner();
      case 12:
        return `${dice.of(["<", ">"])}(${dice.of(["cat", "echo a", "sort file", "true"])})`;
      case 13:
        return `{${inner()},${inner()}}`;
      case 3:
        return this.#parameter(depth);
      default: {
        const text = dice.of(PLAIN);
        return dice.chance(80) ? text.replace(/ /g, "\\ ") : text;
      }
    }
  }

  #redirect(depth: number): string {
    const dice = this.#dice;
    const target = dice.chance(80) ? dice.of(FILES) : this.#word(depth - 1);
    return dice.of([
      `> ${target}`,
      `>> ${target}`,
      `< ${target}`,
      "2>&1",
      "2>/dev/null",
      `&> ${target}`,
      `<<< ${this.#word(depth - 1)}`,
      `>| ${target}`,
      "3>&1",
      "<&-",
      `<> ${target}`,
      `{fd}> ${target}`,
    ]);
  }

  #simple(depth: number): string {
    const dice = this.#dice;
    const parts: string[] = [];
    if (dice.chance(12)) parts.push(this.#assignment(depth));
    const [name, options] = dice.of(dice.chance(60) ? PROGRAMS : BUILTINS);
    if (dice.chance(94))
      parts.push(dice.chance(4) ? dice.of(["nosuch", "f", "./run", "!!", "ll", this.#word(depth)]) : name);
    for (let n = dice.below(4); n > 0; n--)
      parts.push(dice.chance(55) ? dice.of(options) : dice.chance(50) ? dice.of(FILES) : this.#word(depth));
    if (dice.chance(18)) parts.push(this.#redirect(depth));
    return parts.join(" ");
  }

  #assignment(depth: number): string {
    const dice = this.#dice;
    return dice.of([
      () => `${dice.of(["x", "y", "n", "a[2]", "m[k]"])}${dice.of(["=", "+="])}${this.#word(depth - 1)}`,
      () => `a=(${dice.some(0, 3, () => this.#word(depth - 1))})`,
      () => `a+=([5]=${this.#word(depth - 1)})`,
    ])();
  }

  #pipeline(depth: number): string {
    const dice = this.#dice;
    const command = () => (depth > 0 && dice.chance(25) ? this.#compound(depth - 1) : this.#simple(depth));
    const text = dice.some(1, dice.chance(60) ? 1 : 3, command, dice.chance(90) ? " | " : " |& ");
    return dice.chance(92) ? text : `${dice.of(["!", "time", "time -p", "coproc"])} ${text}`;
  }

  #list(depth: number): string {
    const dice = this.#dice;
    const parts = [this.#pipeline(depth)];
    while (dice.chance(25)) parts.push(dice.of([" && ", " || ", "; ", " & ", "\n"]), this.#pipeline(depth));
    return parts.join("") + (dice.chance(5) ? " &" : "");
  }

  #compound(depth: number): string {
    const dice = this.#dice;
    const list = () => this.#list(depth - 1);
    const end = dice.of(["; ", "\n"]);
    const text = dice.of([
      () => `{ ${list()}${end}}`,
      () => `(${list()})`,
      () => `if ${list()}${end}then ${list()}${end}${dice.chance(40) ? `else ${list()}${end}` : ""}fi`,
      () => `for i in ${dice.some(0, 4, () => this.#word(depth - 1))}${end}do ${list()}${end}done`,
      () => `for ((n=0; n<${dice.below(4)}; n++)); do ${list()}${end}done`,
      () => `while ((k++ < 3)); do ${list()}${end}done`,
      () => `until ((k++ > 3)); do ${list()}${end}done`,
      () => `while read -r x; do ${list()}${end}done < file`,
      () =>
        `case ${this.#word(depth - 1)} in ${dice.of(["a*", "a|b", "(?)", "*", '"x"'])}) ${list()} ${dice.of([";;", ";&", ";;&"])} *) ${list()};; esac`,
      () => `select s in a b; do echo $s; break${end}done <<< 1`,
      () =>
        `[[ ${dice.of([`${this.#word(depth - 1)} ${dice.of(["==", "!=", "<", "=~", "-eq", "-nt"])} ${this.#word(depth - 1)}`, `-${dice.of(["f", "d", "n", "z", "v", "e"])} ${this.#word(depth - 1)}`, "! -f file && ( a < b || -n $x )"])} ]]`,
      () => `((${this.#arithmetic(3)}))`,
      () => `f() { ${list()}${end}}${end}f ${this.#word(depth - 1)}`,
      () =>
        `cat <<${dice.of(["EOF", "-EOF", "'EOF'"])}\n${dice.some(1, 3, () => `\t$x ${this.#word(depth - 1)}`, "\n")}\nEOF\n:`,
    ])();
    return dice.chance(12) ? `${text} ${this.#redirect(depth)}` : text;
  }

  line(): string {
    return this.#list(2 + this.#dice.below(2));
  }
}

/** A slip of the finger: a character too many, too few, twice or in the wrong place. */
function slip(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  switch (dice.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + dice.of([..."'\"`$(){}[];|&<>\\#!*~= \n"]) + text.slice(at);
    case 2:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - 3));
  }
}

/** The command line of a seed, as it is typed: one line in five has a slip. */
export function commandLine(seed: number): string {
  const dice = new Dice(seed);
  const text = new Writer(dice).line();
  return dice.chance(20) ? slip(text, dice) : text;
}

/** A script of the seed, cut off anywhere. */
export function truncatedScript(seed: number): string {
  const dice = new Dice(seed);
  const writer = new Writer(dice);
  const text = dice.some(1, 3, () => writer.line(), "\n");
  return text.slice(0, 1 + dice.below(text.length));
}

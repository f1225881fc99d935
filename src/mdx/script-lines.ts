// Lines of a script for a real node, as a narrow page can show them: each wraps under itself, and its remark moves as a whole.

/** Two blanks before `# `, as authors set a remark off; a `#` inside a command has none or one. */
const REMARK = /^(.*\S)(\s{2,})(# .*)$/;

/** The HTML of a block's code with each line in an element of its own. */
export function markLines(html: string): string {
  return html.replace(/(<code[^>]*>)([\s\S]*?)\n?(<\/code>)/, (_, open: string, code: string, close: string) => {
    const lines = code.split("\n").map((line) => line.replace(REMARK, '$1$2<span class="remark">$3</span>'));
    return open + lines.map((line) => `<span class="line">${line}\n</span>`).join("") + close;
  });
}

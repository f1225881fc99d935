// The help page of less, in short.

export const HELP = `                   SUMMARY OF LESS COMMANDS

      A number N may come first.

  h  H                 Display this help.
  q  :q  Q  ZZ         Exit.
 ---------------------------------------------------------------
                           MOVING
  j  ^N  RETURN  Down  Forward one line (or N lines).
  k  ^P  y  Up         Backward one line (or N lines).
  f  ^F  SPACE  PgDn   Forward one window.
  b  ^B  PgUp          Backward one window.
  d  ^D                Forward one half-window.
  u  ^U                Backward one half-window.
  g  <  Home           Go to first line (or line N).
  G  >  End            Go to last line (or line N).
  p  %                 Go to N percent into the file.
  Left  Right          Half a screen to the side.
  F                    Forward forever, like "tail -f"; ^C ends it.
  r  ^L                Repaint the screen.
 ---------------------------------------------------------------
                          SEARCHING
  /pattern             Search forward; with ! for lines that do not match.
  ?pattern             Search backward.
  n  N                 Repeat the search, or in the other direction.
  ESC-u                Highlighting on or off.
  &pattern             Show only matching lines.
 ---------------------------------------------------------------
                            OTHER
  m<letter> '<letter>  Mark a position; go to it.
  :n  :p               Next, previous file.
  =  ^G  :f            Where in the file this is.
  -<letter>            Toggle an option: S chop, N numbers, i case, R colours, M prompt.
  v                    Edit the file with $EDITOR.
  !command             Run a shell command.`;

// curl --help: the short list, in the order and columns of the real one.

const SHORT = `Usage: curl [options...] <url>
 -d, --data <data>           HTTP POST data
 -f, --fail                  Fail fast with no output on HTTP errors
 -h, --help <subject>        Get help for commands
 -o, --output <file>         Write to file instead of stdout
 -O, --remote-name           Write output to file named as remote file
 -i, --show-headers          Show response headers in output
 -s, --silent                Silent mode
 -T, --upload-file <file>    Transfer local FILE to destination
 -u, --user <user:password>  Server user and password
 -A, --user-agent <name>     Send User-Agent <name> to server
 -v, --verbose               Make the operation more talkative
 -V, --version               Show version number and quit

This is not the full help; this menu is split into categories.
Use "--help category" to get an overview of all categories, which are:
auth, connection, curl, deprecated, dns, file, ftp, global, http, imap, ldap,
output, pop3, post, proxy, scp, sftp, smtp, ssh, telnet, tftp, timeout, tls,
upload, verbose.
Use "--help all" to list all options
Use "--help [option]" to view documentation for a given option
`;

const SHORT_7 = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`;

/** What --help knows of each category. */
const CATEGORIES = `auth        Authentication methods
connection  Manage connections
curl        The command line tool itself
deprecated  Legacy
dns         Names and resolving
file        FILE protocol
ftp         FTP protocol
global      Global options
http        HTTP and HTTPS protocol
imap        IMAP protocol
ldap        LDAP protocol
output      Filesystem output
pop3        POP3 protocol
post        HTTP POST specific
proxy       Options for proxies
scp         SCP protocol
sftp        SFTP protocol
smtp        SMTP protocol
ssh         SSH protocol
telnet      TELNET protocol
tftp        TFTP protocol
timeout     Timeouts and delays
tls         TLS/SSL related
upload      Upload, sending data
verbose     Tracing, logging etc
`;

/** The text for a subject; of a category's own options none is modelled. */
export function helpText(modern: boolean, subject: string): string {
  if (!modern || subject === "" || subject === "all" || subject.startsWith("-")) return modern ? SHORT : SHORT_7;
  const list = CATEGORIES.replace(/^/gm, " ").replace(/ $/, "");
  if (subject === "category") return list;
  if (!CATEGORIES.split("\n").some((line) => line.startsWith(`${subject} `)))
    return `Unknown category provided, here is a list of all categories:\n\n${list}`;
  return SHORT;
}

// What `ss -h` prints, and ss after a wrong option or filter: its options in three groups, and the words they take.

const GROUPS: readonly string[] = [
  `h,help,this message
V,version,output version information
n,numeric,don't resolve service names
r,resolve,resolve host names
a,all,display all sockets
l,listening,display listening sockets
B,bound-inactive,display TCP bound but inactive sockets
o,options,show timer information
e,extended,show detailed socket information
m,memory,show socket memory usage
p,processes,show process using socket
T,threads,show thread using socket
i,info,show internal TCP information
,tipcinfo,show internal tipc socket information
s,summary,show socket usage summary
,tos,show tos and priority information
,cgroup,show cgroup information
b,bpf,show bpf filter socket information
,bpf-maps,show all BPF socket-local storage maps
,bpf-map-id=MAP-ID,   show a BPF socket-local storage map
E,events,continually display sockets as they are destroyed
Z,context,display task SELinux security contexts
z,contexts,display task and socket SELinux security contexts
N,net,switch to the specified network namespace name`,
  `4,ipv4,display only IP version 4 sockets
6,ipv6,display only IP version 6 sockets
0,packet,display PACKET sockets
t,tcp,display only TCP sockets
M,mptcp,display only MPTCP sockets
S,sctp,display only SCTP sockets
u,udp,display only UDP sockets
d,dccp,display only DCCP sockets
w,raw,display only RAW sockets
x,unix,display only Unix domain sockets
,tipc,display only TIPC sockets
,vsock,display only vsock sockets
,xdp,display only XDP sockets
f,family=FAMILY,display sockets of type FAMILY
FAMILY,inet|inet6|link|unix|netlink|vsock|tipc|xdp|help`,
  `K,kill,forcibly close sockets, display what was closed
H,no-header,Suppress header line
Q,no-queues,Suppress sending and receiving queue columns
O,oneline,socket's data printed on a single line
,inet-sockopt,show various inet socket options`,
  `A,query=QUERY, --socket=QUERY,
QUERY,all|inet|tcp|mptcp|udp|raw|unix|unix_dgram|unix_stream|unix_seqpacket|packet|packet_raw|packet_dgram|netlink|dccp|sctp|vsock_stream|vsock_dgram|tipc|xdp`,
  `D,diag=FILE,Dump raw information about TCP sockets to FILE
F,filter=FILE,read filter information from FILE`,
];

const SOME = "|time-wait|close-wait|last-ack|closing";
const FILTERS = `       FILTER := [ state STATE-FILTER ] [ EXPRESSION ]
       STATE-FILTER := {all|connected|synchronized|bucket|big|TCP-STATES}
         TCP-STATES := {established|syn-sent|syn-recv|fin-wait-{1,2}|time-wait|closed|close-wait|last-ack|listening|closing}
          connected := {established|syn-sent|syn-recv|fin-wait-{1,2}${SOME}}
       synchronized := {established|syn-recv|fin-wait-{1,2}${SOME}}
             bucket := {syn-recv|time-wait}
                big := {established|syn-sent|fin-wait-{1,2}|closed|close-wait|last-ack|listening|closing}`;

/** A line of a group: an option, or the words that the option before it takes. */
function helpLine(line: string): string {
  const [short = "", long = "", ...rest] = line.split(",");
  if (/^[A-Z]{2}/.test(short)) return `       ${short} := {${long}}${short === "QUERY" ? "[,QUERY]" : ""}`;
  if (short === "A") return `   -A, --${long},${rest[0]}`;
  return `   ${short === "" ? "    " : `-${short}, `}--${long.padEnd(13)} ${rest.join(",")}`;
}

/** The whole help text, without a newline at its end. */
export const ssHelp = (): string =>
  `Usage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n${GROUPS.map((group) => group.split("\n").map(helpLine).join("\n")).join("\n\n")}\n${FILTERS}`;

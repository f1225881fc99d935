// The verbs of systemctl with the number of arguments each takes.

import type { VerbArity } from "../../systemd/client/verbs.ts";

const ANY = Number.POSITIVE_INFINITY;

/** `verb min max` in the order of the real table, which decides between equally near suggestions. */
const TABLE = `list-units 0 *,list-unit-files 0 *,list-automounts 0 *,list-paths 0 *,list-sockets 0 *,list-timers 0 *,list-jobs 0 *,
list-machines 0 *,clear-jobs 0 0,cancel 1 *,start 1 *,stop 1 *,condstop 1 *,reload 1 *,restart 1 *,try-restart 1 *,
reload-or-restart 1 *,reload-or-try-restart 1 *,try-reload-or-restart 1 *,force-reload 1 *,condreload 1 *,condrestart 1 *,
isolate 1 1,kill 1 *,clean 1 *,freeze 1 *,thaw 1 *,is-active 1 *,check 1 *,is-failed 0 *,show 0 *,cat 1 *,status 0 *,help 1 *,
daemon-reload 0 0,daemon-reexec 0 0,log-level 0 1,log-target 0 1,service-log-level 1 2,service-log-target 1 2,service-watchdogs 0 1,
show-environment 0 0,set-environment 1 *,unset-environment 1 *,import-environment 0 *,halt 0 0,poweroff 0 0,reboot 0 0,kexec 0 0,
soft-reboot 0 0,sleep 0 0,suspend 0 0,hibernate 0 0,hybrid-sleep 0 0,suspend-then-hibernate 0 0,default 0 0,rescue 0 0,
emergency 0 0,exit 0 1,reset-failed 0 *,enable 1 *,disable 1 *,is-enabled 1 *,reenable 1 *,preset 1 *,preset-all 0 0,mask 1 *,
unmask 1 *,link 1 *,revert 1 *,switch-root 0 2,list-dependencies 0 *,set-default 1 1,get-default 0 0,set-property 2 *,
is-system-running 0 0,add-wants 2 *,add-requires 2 *,edit 1 *,bind 2 4,mount-image 2 4,whoami 0 *`;

export const VERBS: ReadonlyMap<string, VerbArity> = new Map(
  TABLE.replaceAll("\n", "")
    .split(",")
    .map((row) => {
      const [verb = "", min = "0", max = "*"] = row.split(" ");
      return [verb, { min: Number(min), max: max === "*" ? ANY : Number(max) }] as const;
    }),
);

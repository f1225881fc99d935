// The icons in use, each from its own module so that nothing else of the set is loaded.

import Accessibility from "@lucide/astro/icons/accessibility";
import ArrowLeft from "@lucide/astro/icons/arrow-left";
import ArrowRight from "@lucide/astro/icons/arrow-right";
import BookOpen from "@lucide/astro/icons/book-open";
import ChevronDown from "@lucide/astro/icons/chevron-down";
import Copy from "@lucide/astro/icons/copy";
import Download from "@lucide/astro/icons/download";
import Ellipsis from "@lucide/astro/icons/ellipsis";
import Eye from "@lucide/astro/icons/eye";
import EyeOff from "@lucide/astro/icons/eye-off";
import FileCode from "@lucide/astro/icons/file-code";
import FlagTriangleRight from "@lucide/astro/icons/flag-triangle-right";
import FolderTree from "@lucide/astro/icons/folder-tree";
import GitCompare from "@lucide/astro/icons/git-compare";
import Hand from "@lucide/astro/icons/hand";
import Keyboard from "@lucide/astro/icons/keyboard";
import LifeBuoy from "@lucide/astro/icons/life-buoy";
import ListChecks from "@lucide/astro/icons/list-checks";
import Maximize2 from "@lucide/astro/icons/maximize-2";
import Menu from "@lucide/astro/icons/menu";
import MessageSquare from "@lucide/astro/icons/message-square";
import PanelRight from "@lucide/astro/icons/panel-right";
import Pause from "@lucide/astro/icons/pause";
import Pencil from "@lucide/astro/icons/pencil";
import Play from "@lucide/astro/icons/play";
import Plus from "@lucide/astro/icons/plus";
import Presentation from "@lucide/astro/icons/presentation";
import Printer from "@lucide/astro/icons/printer";
import QrCode from "@lucide/astro/icons/qr-code";
import Redo2 from "@lucide/astro/icons/redo-2";
import RotateCcw from "@lucide/astro/icons/rotate-ccw";
import History from "@lucide/astro/icons/rotate-ccw-clock";
import Search from "@lucide/astro/icons/search";
import Send from "@lucide/astro/icons/send";
import Share2 from "@lucide/astro/icons/share-2";
import SunMoon from "@lucide/astro/icons/sun-moon";
import Terminal from "@lucide/astro/icons/terminal";
import Timer from "@lucide/astro/icons/timer";
import Undo2 from "@lucide/astro/icons/undo-2";
import X from "@lucide/astro/icons/x";

export const icons = {
  accessibility: Accessibility,
  "arrow-left": ArrowLeft,
  "arrow-right": ArrowRight,
  "book-open": BookOpen,
  "chevron-down": ChevronDown,
  copy: Copy,
  download: Download,
  ellipsis: Ellipsis,
  "file-code": FileCode,
  "flag-triangle-right": FlagTriangleRight,
  "folder-tree": FolderTree,
  "git-compare": GitCompare,
  history: History,
  keyboard: Keyboard,
  "life-buoy": LifeBuoy,
  "list-checks": ListChecks,
  "maximize-2": Maximize2,
  menu: Menu,
  "panel-right": PanelRight,
  pause: Pause,
  pencil: Pencil,
  play: Play,
  printer: Printer,
  plus: Plus,
  "redo-2": Redo2,
  "rotate-ccw": RotateCcw,
  search: Search,
  "share-2": Share2,
  "sun-moon": SunMoon,
  terminal: Terminal,
  "undo-2": Undo2,
  x: X,
  "eye-off": EyeOff,
  eye: Eye,
  presentation: Presentation,
  timer: Timer,
  "qr-code": QrCode,
  "message-square": MessageSquare,
  send: Send,
  hand: Hand,
} as const;

export type IconName = keyof typeof icons;

// The reference's pages in order, for the index, the tabs of each page and the site's navigation.

export interface ReferencePage {
  /** Address below /reference/, and key in the list. */
  readonly slug: string;
  readonly title: string;
  /** In the tabs, where the title is long. */
  readonly short?: string;
  readonly about: string;
}

export const referencePages: readonly ReferencePage[] = [
  {
    slug: "settings",
    title: "Chart of settings",
    short: "Settings",
    about: "Field, flag, both defaults, benchmark item, lesson, and what goes wrong without it.",
  },
  {
    slug: "routes",
    title: "Routes and rights",
    short: "Routes",
    about: "What each port serves, which right each path of the kubelet’s API needs, and who has it.",
  },
  {
    slug: "hardened-ship",
    title: "The hardened ship",
    short: "Hardened ship",
    about: "The final unit and the final config.yaml side by side, with the reason for each entry.",
  },
  {
    slug: "mistakes",
    title: "Common mistakes in notes",
    short: "Common mistakes",
    about: "What course notes say about the kubelet, whether it holds, and lines to try it with.",
  },
  {
    slug: "benchmark",
    title: "Benchmark map",
    short: "Benchmark",
    about: "The CIS checks of the kubelet, each with the lesson that teaches it and the check that grades it.",
  },
  {
    slug: "commands",
    title: "Commands",
    about: "The commands of the course, what each is for, and a line from a lesson.",
  },
  {
    slug: "glossary",
    title: "Glossary",
    about: "Story words with their real terms, and terms with one plain sentence.",
  },
];

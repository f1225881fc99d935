// xAPI statements (version 1.0.3) of a lesson: begun, an order passed, all passed. Data only.

export interface Actor {
  readonly objectType?: "Agent";
  readonly name?: string;
  readonly mbox?: string;
  readonly account?: { readonly homePage: string; readonly name: string };
}

/** How the learning platform opened the page. */
export interface Launch {
  /** Address of the store, ending in a slash. */
  readonly endpoint: string;
  /** Value of the Authorization header. */
  readonly auth: string;
  readonly actor: Actor;
  readonly registration?: string;
}

export interface LessonActivity {
  /** Address of the lesson's page. */
  readonly id: string;
  readonly title: string;
}

export interface Statement {
  readonly id: string;
  readonly actor: Actor;
  readonly verb: { readonly id: string; readonly display: { readonly en: string } };
  readonly object: {
    readonly objectType: "Activity";
    readonly id: string;
    readonly definition: { readonly name: { readonly en: string }; readonly type: string };
  };
  readonly result?: {
    readonly success?: boolean;
    readonly completion?: boolean;
    readonly score?: { readonly scaled: number };
  };
  readonly context?: {
    readonly registration?: string;
    readonly contextActivities?: { readonly parent: readonly { readonly id: string }[] };
  };
  readonly timestamp: string;
}

const verbs = {
  initialized: "http://adlnet.gov/expapi/verbs/initialized",
  passed: "http://adlnet.gov/expapi/verbs/passed",
  completed: "http://adlnet.gov/expapi/verbs/completed",
} as const;
const lessonType = "http://adlnet.gov/expapi/activities/lesson";
const taskType = "http://adlnet.gov/expapi/activities/objective";

/** What is to be told after a report: `before` are the checks that were told as passed; undefined where nothing was told yet. */
export function makeStatements(
  launch: Launch,
  lesson: LessonActivity,
  before: ReadonlySet<string> | undefined,
  verdicts: readonly { readonly id: string; readonly verdict: string }[],
  at: Date,
  makeId: () => string,
): Statement[] {
  const { actor, registration } = launch;
  const timestamp = at.toISOString();
  const parent = { contextActivities: { parent: [{ id: lesson.id }] } };
  const tell = (
    verb: keyof typeof verbs,
    object: Statement["object"],
    more: Pick<Statement, "result" | "context">,
  ): Statement => {
    const context = { ...(registration === undefined ? {} : { registration }), ...more.context };
    return {
      id: makeId(),
      actor,
      verb: { id: verbs[verb], display: { en: verb } },
      object,
      ...(more.result === undefined ? {} : { result: more.result }),
      ...(Object.keys(context).length === 0 ? {} : { context }),
      timestamp,
    };
  };
  const whole: Statement["object"] = {
    objectType: "Activity",
    id: lesson.id,
    definition: { name: { en: lesson.title }, type: lessonType },
  };
  const passed = verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id);
  const fresh = passed.filter((id) => before?.has(id) !== true);
  const done = passed.length === verdicts.length && verdicts.length > 0;
  return [
    ...(before === undefined ? [tell("initialized", whole, {})] : []),
    ...fresh.map((id) =>
      tell(
        "passed",
        {
          objectType: "Activity",
          id: `${lesson.id}#order-${id}`,
          definition: { name: { en: id.replaceAll("-", " ") }, type: taskType },
        },
        { result: { success: true }, context: parent },
      ),
    ),
    ...(done && fresh.length > 0
      ? [tell("completed", whole, { result: { completion: true, success: true, score: { scaled: 1 } } })]
      : []),
  ];
}

/** How a platform says where to tell things: in the address. Only the configured store is told. */
export function readLaunch(search: string, store: string): Launch | undefined {
  const query = new URLSearchParams(search);
  const endpoint = query.get("endpoint");
  const auth = query.get("auth");
  if (endpoint === null || auth === null || !URL.canParse(endpoint)) return undefined;
  if (new URL(endpoint).origin !== new URL(store).origin) return undefined;
  const registration = query.get("registration");
  try {
    const actor = JSON.parse(query.get("actor") ?? "") as Actor;
    if (typeof actor !== "object" || actor === null) return undefined;
    return { endpoint: endpoint.replace(/\/?$/, "/"), auth, actor, ...(registration === null ? {} : { registration }) };
  } catch {
    return undefined;
  }
}

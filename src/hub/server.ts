// The hub as an HTTP server: the API's routes out of their table, health, metrics, the built site beside them. One value, started and stopped.

import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { Type } from "typebox";
import { createSeats, nameCaller, refuseForeign } from "./access.ts";
import { type ErrorWord, Problem } from "./api/rooms.ts";
import { type Route, type RouteName, routes } from "./api/routes.ts";
import { limits, SentId, Time } from "./api/words.ts";
import { createChannels } from "./channels.ts";
import { createIntake } from "./events.ts";
import { type Desk, handlers } from "./handlers.ts";
import { sameText } from "./keys.ts";
import { createMetrics } from "./metrics.ts";
import { HubProblem, statusOf } from "./problem.ts";
import type { Hub } from "./rooms.ts";
import type { Settings } from "./settings.ts";
import { createSiteFiles } from "./site-files.ts";
import { type Database, StoreBusy } from "./store/database.ts";
import { createStreams } from "./streams.ts";
import { createUpkeep, type Upkeep } from "./upkeep.ts";

/** Sent with every answer of the API: it is data, and no page may make more of it. */
const apiHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

/** Requests a minute of one person (or one address, where nobody is named yet: a class shares one). */
const rates: Readonly<Partial<Record<RouteName, number>>> = { openRoom: 30, join: 700, signIn: 120, state: 120 };
const usualRate = 400;

/** Only the envelope: events are checked one by one, so that a bad one does not hold up the others. */
const looseBatch = Type.Object({
  sentAt: Time,
  events: Type.Array(Type.Object({ id: SentId }), { minItems: 1, maxItems: limits.eventsInBatch }),
});

export interface HubServer {
  readonly app: FastifyInstance;
  readonly upkeep: Upkeep;
  /** Answers the port that was taken. */
  listen(): Promise<number>;
  /** Says goodbye to streams, lets answers finish, closes the database. */
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly settings: Settings;
  readonly database: Database;
  readonly now?: () => number;
  /** Where log lines go; stdout unless told. */
  readonly logTo?: { write(line: string): void };
  readonly upkeep?: { readonly timers?: boolean; readonly patience?: number; readonly steady?: () => number };
}

const addRoute = (app: FastifyInstance, desk: Desk, name: RouteName): void => {
  const route: Route = routes[name];
  const factor = desk.settings.rates;
  const { params, query, body, answer, bodyLimit, produces } = route;
  const content = produces === undefined ? undefined : { content: { [produces]: { schema: Type.String() } } };
  app.route({
    method: route.method,
    url: `${desk.api}${route.path}`,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    schema: {
      operationId: name,
      summary: route.summary,
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      ...(route.caller === "anyone" ? {} : { security: [{ key: [] }] }),
      response: {
        ...(answer === undefined
          ? content === undefined
            ? { 204: { type: "null", description: "Done" } }
            : { 200: { description: "OK", ...content } }
          : { 200: answer }),
        "4xx": Problem,
        "5xx": Problem,
      },
    },
    ...(name === "events"
      ? {
          validatorCompiler: (part) =>
            TypeBoxValidatorCompiler(part.httpPart === "body" ? { ...part, schema: looseBatch } : (part as never)),
        }
      : {}),
    config: {
      rateLimit:
        factor === 0
          ? false
          : {
              max: Math.ceil((rates[name] ?? usualRate) * factor),
              timeWindow: 60_000,
              keyGenerator: (request: FastifyRequest) => `${name} ${nameCaller(request, route.caller)}`,
            },
    },
    handler: (request: FastifyRequest, reply: FastifyReply) => handlers[name](desk, request, reply),
  });
};

/** What an error means to the caller, without a word of what was sent or where it happened. */
function explain(error: unknown): { readonly word: ErrorWord; readonly message: string } | undefined {
  if (error instanceof HubProblem) return { word: error.word, message: error.message };
  if (error instanceof StoreBusy) return { word: "busy", message: "The hub cannot write just now: send it again." };
  const { statusCode, code, validation } = error as FastifyError;
  if (validation !== undefined) return { word: "invalid", message: describeInvalid(error as FastifyError) };
  if (statusCode === 429) return { word: "too-many", message: "Too many requests: wait a minute." };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return { word: "too-large", message: "That is too large." };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { word: "invalid", message: "The request cannot be read." };
  return undefined;
}

/** Where the first mistake is; values are not repeated. */
function describeInvalid({ validation, validationContext }: FastifyError): string {
  const [first] = validation ?? [];
  const place = `${validationContext ?? "request"}${first?.instancePath ?? ""}`.slice(0, 100);
  return `${place.replaceAll(/[^\w/.-]/g, "?")} ${(first?.keyword ?? "is not valid").replaceAll(/[^\w ]/g, "")}`;
}

function addErrors(app: FastifyInstance, desk: Desk): void {
  app.setErrorHandler((error, request, reply) => {
    const { word, message } = explain(error) ?? {
      word: "internal",
      message: "The hub made a mistake; it is in its log.",
    };
    desk.metrics.problems.inc({ error: word });
    if (word === "internal" || word === "busy") request.log.error(describeError(error), word);
    if (reply.raw.headersSent) return;
    if (word === "busy") reply.header("retry-after", "2");
    reply.code(statusOf[word]).type("application/json; charset=utf-8").send({ error: word, message });
  });
}

/** Where it went wrong; the message may hold what people sent, so only the store's own is told. */
function describeError(error: unknown) {
  const { name, message, stack } = error as Error;
  return {
    name,
    ...(error instanceof StoreBusy ? { message } : {}),
    stack: stack
      ?.split("\n")
      .filter((line) => line.startsWith("    at "))
      .slice(0, 6),
  };
}

function addHealth(app: FastifyInstance, desk: Desk, isStopping: () => boolean): void {
  const { settings, hub, metrics } = desk;
  app.get(`${settings.base}/healthz`, { schema: { hide: true }, exposeHeadRoute: true }, async () => ({ ok: true }));
  app.get(`${settings.base}/readyz`, { schema: { hide: true }, exposeHeadRoute: true }, async (_request, reply) => {
    const ok = !isStopping() && (await hub.database.isReady());
    return reply.code(ok ? 200 : 503).send({ ok });
  });
  app.get(`${settings.base}/metrics`, { schema: { hide: true } }, async (request, reply) => {
    const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? "");
    const isDirect = request.headers["x-forwarded-for"] === undefined;
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const may = settings.metricsKey === undefined ? isLocal && isDirect : sameText(given, settings.metricsKey);
    if (!may) throw new HubProblem("forbidden", "Metrics are for this machine, or for who has HUB_METRICS_KEY.");
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

/** Everything that is not the API is the site's. */
function addSite(app: FastifyInstance, desk: Desk): void {
  const { site, base } = desk.settings;
  const files = site === undefined ? undefined : createSiteFiles({ root: site, base });
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === "GET" || request.method === "HEAD";
    if (files === undefined || !isPage || request.url.startsWith(`${base}/api/`))
      throw new HubProblem("not-found", "There is nothing at this address.");
    reply.hijack();
    await files.answer(request.raw, reply.raw).catch(() => {
      if (!reply.raw.headersSent) reply.raw.writeHead(400, apiHeaders);
      reply.raw.end();
    });
  });
}

/** The answer to bytes that are no HTTP: as bare as they are. */
const notHttp = (() => {
  const body = JSON.stringify({ error: "invalid", message: "The request cannot be read." });
  const lines = [
    "HTTP/1.1 400 Bad Request",
    "content-type: application/json; charset=utf-8",
    `content-length: ${body.length}`,
    "connection: close",
    ...Object.entries(apiHeaders).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
})();

function createApp({ settings, logTo }: HubOptions): FastifyInstance {
  const options = {
    // One line an answer is written below, by route pattern: addresses and bodies hold what people sent.
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: settings.logLevel, base: null, ...(logTo === undefined ? {} : { stream: logTo }) },
    trustProxy: settings.trustProxy ?? false,
    bodyLimit: 16_384,
    exposeHeadRoutes: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    // Never a stack or a value in an answer, not even to a broken request line.
    clientErrorHandler: (_error: Error, socket: Socket) => {
      if (socket.writable) socket.write(notHttp);
      socket.destroy();
    },
    frameworkErrors: (_error: FastifyError, _request: unknown, reply: FastifyReply) =>
      void reply.headers(apiHeaders).code(400).send({ error: "invalid", message: "The request cannot be read." }),
  };
  return (settings.tls === undefined
    ? Fastify(options)
    : Fastify({ ...options, https: { ...settings.tls, minVersion: "TLSv1.2" } })) as unknown as FastifyInstance;
}

/** Puts the hub together around a database. */
export async function createHubServer(options: HubOptions): Promise<HubServer> {
  const { settings, database } = options;
  const hub: Hub = { database, now: options.now ?? Date.now };
  const app = createApp(options);
  const onError = (error: unknown) => {
    app.log.error(describeError(error), "a round of the hub's own failed; it is tried again");
  };
  const upkeep = createUpkeep(hub, { forgetDays: settings.forgetDays, onError, ...options.upkeep });
  const metrics = createMetrics(() => channels);
  const channels = createChannels(hub, { onError, onHandedOut: (ms) => metrics.news.observe(ms / 1000) });
  const headers = {
    ...apiHeaders,
    ...(settings.tls === undefined ? {} : { "strict-transport-security": "max-age=31536000" }),
  };
  const api = `${settings.base}/api/v1`;
  const streams = createStreams(channels);
  const intake = createIntake(hub);
  const admitSeat = createSeats(hub);
  const desk: Desk = { hub, settings, channels, streams, upkeep, intake, admitSeat, metrics, api, headers };
  let stopping = false;

  app.setValidatorCompiler(TypeBoxValidatorCompiler as never);
  // Answers are built by the hub out of checked data; the tests hold them against their schemas.
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Kubelet Captain: the hub",
        version: "1",
        description: "Rooms for workshops. See src/hub/README.md.",
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    },
  });
  app.addHook("onRequest", async (request) => refuseForeign(request));
  app.addHook("onSend", async (_request, reply) => void reply.headers({ ...headers, ...keepOwn(reply) }));
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "site";
    const status = reply.raw.statusCode;
    // A stream lasts as long as somebody listens: that is no time to answer.
    if (!route.endsWith("/stream"))
      metrics.requests.observe({ method: request.method, route, status: String(status) }, reply.elapsedTime / 1000);
    request.log[status >= 500 ? "warn" : "info"](
      { method: request.method, route, status, ms: Math.round(reply.elapsedTime) },
      "answered",
    );
  });
  app.after(() => {
    for (const name of Object.keys(routes) as RouteName[]) addRoute(app, desk, name);
    app.get(`${api}/openapi.json`, { schema: { hide: true } }, async () => app.swagger());
    addHealth(app, desk, () => stopping);
  });
  addErrors(app, desk);
  addSite(app, desk);
  await app.ready();

  return {
    app,
    upkeep,
    listen: async () => {
      await app.listen({ host: settings.host, port: settings.port });
      const address = app.server.address();
      return typeof address === "object" && address !== null ? address.port : settings.port;
    },
    stop: async () => {
      stopping = true;
      channels.close();
      upkeep.stop();
      await app.close();
      await database.close();
    },
  };
}

/** Headers a handler set itself stay as it set them. */
const keepOwn = (reply: FastifyReply) => {
  const type = reply.getHeader("cache-control");
  return type === undefined ? {} : { "cache-control": String(type) };
};

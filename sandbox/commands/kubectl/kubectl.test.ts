import { describe, expect, test } from "vitest";
import { humanDuration } from "../../lib/kube/age.ts";
import { addQuantities, quantityOf } from "../../lib/kube/quantity.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { ruleRows } from "./auth.ts";
import { readDocuments, splitDocuments } from "./documents.ts";
import { GLOBAL_FLAGS, parseFlags, parseGoDuration, parseSpecs } from "./flags.ts";
import { JsonPath, relaxPath } from "./jsonpath.ts";
import { besideConfig } from "./kubeconfig.ts";
import { findCommand } from "./kubectl.ts";
import { alignTabs, DESCRIBE } from "./tabs.ts";
import { GoTemplate } from "./template.ts";
import { threeWay } from "./three-way.ts";

describe("a command line", () => {
  const specs = [...parseSpecs("output:o= all-namespaces:A! labels:l* dry-run?unchanged"), ...GLOBAL_FLAGS];
  const parse = (...words: string[]) => parseFlags(words, specs, "kubectl get");

  test("takes flags anywhere, short ones together, and leaves what stands behind --", () => {
    const flags = parse("pods", "-Aowide", "-n", "app", "--labels=a=b,c=d", "--dry-run", "--", "-x");
    expect(flags.text("output")).toBe("wide");
    expect(flags.on("all-namespaces")).toBe(true);
    expect(flags.list("labels")).toEqual(["a=b", "c=d"]);
    expect(flags.text("dry-run")).toBe("unchanged");
    expect([flags.args, flags.dash]).toEqual([["pods", "-x"], 1]);
  });

  test.each([
    [["--nosuch"], "unknown flag: --nosuch"],
    [["-Aq"], "unknown shorthand flag: 'q' in -q"],
    [["-o"], "flag needs an argument: 'o' in -o"],
    [["--output"], "flag needs an argument: --output"],
    [
      ["-A=maybe"],
      'invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
  ])("%j is refused in pflag's words", (words, message) => {
    expect(() => parse(...words)).toThrow(message);
  });

  test("names its command although flags with values stand before it", () => {
    const found = findCommand(["-n", "app", "--v=6", "get", "pods"]);
    expect([found.path, found.words]).toEqual(["kubectl get", ["-n", "app", "--v=6", "pods"]]);
  });

  test("durations are Go's", () => {
    expect(parseGoDuration("1h2m3.5s")).toBe(3_723_500);
    expect(parseGoDuration("10")).toBe('time: missing unit in duration "10"');
  });
});

test("a kubeconfig's file is seen from its folder, and the shortest way", () => {
  expect(besideConfig("../pki/dev.crt", "/root/.kube/config")).toBe("/root/pki/dev.crt");
  expect(besideConfig("dev.crt", "dev.conf")).toBe("dev.crt");
  expect(besideConfig("../dev.crt", "conf")).toBe("../dev.crt");
});

test.each([
  ['{"a": 1} {"b": 2}', [{ a: 1 }, { b: 2 }], undefined],
  ['{"a": 1,}', [{ a: 1 }], undefined],
  ['{"a": 1', [], "unexpected EOF"],
  ['{"a" "b"}', [], "json: offset 6: invalid character '\"' after object key"],
  ['{"a":1}x', [{ a: 1 }], "json: offset 8: invalid character 'x' looking for beginning of value"],
  ["a: b: c", [], "error converting YAML to JSON: yaml: mapping values are not allowed in this context"],
])("%j is read as the real client reads it", (text, values, message) => {
  const read = readDocuments(text);
  expect([read.values, read.wrong?.message]).toEqual([values, message]);
});

describe("printing", () => {
  const pod = {
    metadata: { name: "web", labels: { "app.kubernetes.io/name": "x" } },
    spec: {
      containers: [
        { name: "a", image: "i:1" },
        { name: "b", image: "i:2" },
      ],
    },
  };

  test.each([
    ["{.metadata.name}", "web"],
    ["{.spec.containers[*].name}", "a b"],
    ["{.spec.containers[-1].name}", "b"],
    ["{.metadata.labels.app\\.kubernetes\\.io/name}", "x"],
    ['{.spec.containers[?(@.name=="b")].image}', "i:2"],
    ['{range .spec.containers[*]}{.name}={.image}{"\\n"}{end}', "a=i:1\nb=i:2\n"],
    ["{.spec.containers[0]['name','image']}", "a i:1"],
    ["{..image}", "i:1 i:2"],
    ["{.nosuch}", ""],
    ["{.metadata.labels}", '{"app.kubernetes.io/name":"x"}'],
  ])("jsonpath %s", (template, wanted) => {
    expect(new JsonPath(template).print(pod)).toBe(wanted);
  });

  test("paths without braces are meant for columns", () => {
    expect(relaxPath("metadata.name")).toBe("{.metadata.name}");
    expect(() => relaxPath("{x}{y}")).toThrow("unexpected path string");
  });

  test("go templates range and pipe", () => {
    expect(
      new GoTemplate('{{range $i, $c := .spec.containers}}{{$i}}:{{.name | printf "%s;"}}{{end}}').print(pod),
    ).toBe("0:a;1:b;");
  });

  test("go templates name templates, keep variables to their blocks, and say where they fail", () => {
    const print = (text: string): string => new GoTemplate(text).print(pod);
    expect(print('{{define "x"}}[{{.}}]{{end}}{{range .spec.containers}}{{template "x" .name}}{{end}}')).toBe("[a][b]");
    expect(print("{{$n := 1}}{{if true}}{{$n := 2}}{{end}}{{$n}} {{- /* gone */ -}} !")).toBe("1!");
    expect(print('{{(index .spec.containers 1).name | printf "%-3s|"}}')).toBe("b  |");
    expect(() => print("{{$y}}")).toThrow('template: output:1: undefined variable "$y"');
    expect(() => print("{{.spec.containers.name}}")).toThrow(
      'output:1:7: executing "output" at <.spec.containers.name>: can\'t evaluate field name in type interface {}',
    );
  });

  test("columns end where a line has none", () => {
    expect(alignTabs("NAME\tAGE\nlong-name\t1s\n")).toBe("NAME        AGE\nlong-name   1s\n");
    expect(alignTabs("a:\tb\nlonger:\tc\nbreak\nx:\ty\n", DESCRIBE)).toBe("a:       b\nlonger:  c\nbreak\nx:  y\n");
  });

  test("YAML quotes what would be read as something else", () => {
    expect(
      formatYaml({ b: "true", a: "*", n: "1", s: "x: y", t: "2026-11-21T22:52:42Z", l: ["-", ""], m: "x\ny\n", e: {} }),
    ).toBe(
      'a: \'*\'\nb: "true"\ne: {}\nl:\n- \'-\'\n- ""\nm: |\n  x\n  y\n"n": "1"\ns: \'x: y\'\nt: "2026-11-21T22:52:42Z"\n',
    );
  });

  test("ages are HumanDuration's", () => {
    expect([0, 119, 120, 599, 601, 10_800, 172_800, 800 * 86_400].map((s) => humanDuration(s * 1000))).toEqual([
      "0s",
      "119s",
      "2m",
      "9m59s",
      "10m",
      "3h",
      "2d",
      "2y70d",
    ]);
  });

  test("quantities add up in their own units", () => {
    expect(addQuantities(["100m", "900m"].map(quantityOf)).text).toBe("1");
    expect(addQuantities(["64Mi", "64Mi"].map(quantityOf)).text).toBe("128Mi");
  });

  test("rules are told one resource a row", () => {
    const rules = [
      { verbs: ["get"], apiGroups: ["", "apps"], resources: ["pods/log"] },
      { verbs: ["list"], apiGroups: [""], resources: ["pods/log"] },
    ];
    expect(ruleRows(rules)).toEqual([
      ["pods/log", "[]", "[]", "[get list]"],
      ["pods.apps/log", "[]", "[]", "[get]"],
    ]);
  });
});

describe("apply", () => {
  const live = {
    kind: "Pod",
    spec: { replicas: 1, containers: [{ name: "a", image: "i:1", env: [{ name: "X", value: "1" }], pulled: true }] },
  };

  test("changes only what differs, by the keys of lists", () => {
    const wanted = { kind: "Pod", spec: { containers: [{ name: "a", image: "i:2" }] } };
    expect(threeWay(undefined, wanted, live)).toEqual({
      spec: { containers: [{ name: "a", image: "i:2" }], "$setElementOrder/containers": [{ name: "a" }] },
    });
    expect(threeWay(undefined, { kind: "Pod", spec: { replicas: 1 } }, live)).toBeUndefined();
  });

  test("takes away what was applied before and is not wanted any more", () => {
    const before = {
      kind: "Pod",
      spec: { replicas: 1, containers: [{ name: "a", env: [{ name: "X", value: "1" }] }] },
    };
    expect(threeWay(before, { kind: "Pod", spec: { containers: [{ name: "a" }] } }, live)).toMatchObject({
      spec: { replicas: null, containers: [{ name: "a", env: null }] },
    });
  });

  test("documents are parted by lines of three dashes; comments alone are none", () => {
    expect(splitDocuments("# c\n---\na: 1\n--- # x\nb: ---\n---\n")).toEqual(["a: 1", "b: ---"]);
  });
});

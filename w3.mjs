const root=process.argv[2];
const { rolldown } = await import(root+"/node_modules/rolldown/dist/index.mjs");
const { brotliCompressSync, constants } = await import("node:zlib");
const br=(s)=>brotliCompressSync(s,{params:{[constants.BROTLI_PARAM_QUALITY]:11}}).length;
const b = await rolldown({ input: root+"/sandbox/host/worker.ts", logLevel: "silent", resolve: { conditionNames: ["import"] } });
const { output } = await b.generate({ format: "esm", minify: true, codeSplitting: { groups: [
 { name: "core", tags: ["$initial"], priority: 3 },
 { name: "life", test: /\/sandbox\/(kubelet\/(version\/kubelet-136|node\/life)|systemd\/index)\.ts$/, priority: 2 },
 { name: "library", test: /\/sandbox\/lib\/(tar|x509\/build|yaml-go\/emit)\.ts$/, priority: 1 },
 { name: "harbour", test: /\/sandbox\/(cluster\/(controllers\/)?index|commands\/kubectl\/kubectl(-more)?)\.ts$/ } ] } });
for (const o of output) if (o.type==="chunk" && /^(core|life|worker)/.test(o.name||o.fileName)) {
  console.log("==",o.fileName,o.code.length,br(o.code));
  for (const [id,m] of Object.entries(o.modules)) console.log(o.name, m.renderedLength, br(m.code??""), id.replace(root+"/",""));
}

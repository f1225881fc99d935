// Types that the bundler provides.
/// <reference types="astro/client" />

declare module "*.astro" {
  const component: (props: Record<string, unknown>) => unknown;
  // biome-ignore lint/style/noDefaultExport: that is how the compiler gives a component
  export default component;
}

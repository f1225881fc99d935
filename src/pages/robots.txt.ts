// Everything may be read; the sitemap is named where the site knows its address.

import type { APIRoute } from "astro";
import { link } from "../course/links.ts";

export const GET: APIRoute = ({ site }) => {
  const map = site === undefined ? "" : `\nSitemap: ${new URL(link("sitemap.xml"), site).href}\n`;
  return new Response(`User-agent: *\nAllow: /\n${map}`);
};

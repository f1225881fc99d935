// What a system needs to install the course as an application.

import { link } from "../course/links.ts";

const icon = (file: string, sizes: string, purpose = "any") => ({
  src: link(`icons/${file}`),
  sizes,
  type: "image/png",
  purpose,
});

const manifest = {
  id: link(""),
  name: "Kubelet Captain",
  short_name: "Captain",
  description: "Learn kubelet security on a simulated node that runs in your browser.",
  lang: "en",
  start_url: link(""),
  scope: link(""),
  display: "standalone",
  background_color: "#f4f0e4",
  theme_color: "#f4f0e4",
  categories: ["education", "developer tools"],
  icons: [
    icon("192.png", "192x192"),
    icon("512.png", "512x512"),
    icon("maskable-512.png", "512x512", "maskable"),
    { src: link("icon.svg"), sizes: "any", type: "image/svg+xml" },
  ],
};

export const GET = (): Response => Response.json(manifest);

// The inline script that runs before first paint: pins the saved theme and tells CSS that scripts run. Kept tiny; its hash is in the CSP.

/** Source text of the script. Reads the theme `light`, `dark`, `red` or `contrast` from this device; anything else follows the system. */
export const themeBoot =
  'var d=document.documentElement;d.dataset.js="";try{var t=localStorage.getItem("kc:theme");/^(light|dark|red|contrast)$/.test(t)&&(d.dataset.theme=t)}catch{}';

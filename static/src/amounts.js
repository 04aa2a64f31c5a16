// Amounts as one types them (480,345,000 · ４億８０００万 · 497百万 · ¥497 m) and as the portal writes them.
const UNITS = { 兆: 1e12, 億: 1e8, 百万: 1e6, 万: 1e4, 千: 1e3, k: 1e3, m: 1e6, mn: 1e6, b: 1e9, bn: 1e9 };

// The amount in whole units of its currency, or null: then the server says what is wrong.
export function read(text) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[−▲△]/g, "-").replace(/[,\s円]|[¥$€£]/g, "");
  const sign = plain.startsWith("-") ? -1 : 1;
  const parts = [...plain.replace(/^[-+]/, "").matchAll(/(\d+(?:\.\d+)?)(百万|[兆億万千]|mn|bn|[kmb])?/g)];
  if (!parts.length || parts.map((part) => part[0]).join("") !== plain.replace(/^[-+]/, "")) return null;
  return sign * parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit] ?? 1), 0);
}

// Rounded as the server rounds: small amounts keep two figures.
export function write(amount, size, form) {
  const value = Math.abs(amount) / size;
  let places = size === 1e8 ? 1 : 0;
  if (size > 1 && value !== 0 && value < 10) places = Math.max(places, value >= 1 ? 1 : 2);
  return form.replace("{}", value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }));
}

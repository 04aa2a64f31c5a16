// Days as the page's language writes them: 2027/4/14(水) or 14 Apr 2027. Everything in UTC, so that no day shifts.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = "日月火水木金土";
const DAY = 86_400_000;

const english = () => document.documentElement.lang.startsWith("en");
const built = (year, month, day) => {
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day && year >= 1900 && year <= 2200 ? found : null;
};

// What was typed as a Date, or null. Only what cannot be misread; the rest is for the server, which says what is wrong.
export function read(text) {
  const plain = text.normalize("NFKC").replace(/\s*\(?[月火水木金土日](曜日?)?\)$/, "").trim();
  let found = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(plain);
  if (found) return built(+found[1], +found[2], +found[3]);
  found = /^(\d{1,2})\s+([A-Za-z]{3,9})\.?(?:\s+(\d{4}))?$/.exec(plain);
  if (found) {
    const month = MONTHS.findIndex((name) => name.toLowerCase() === found[2].slice(0, 3).toLowerCase()) + 1;
    if (!month) return null;
    return found[3] ? built(+found[3], month, +found[1]) : nearest(month, +found[1]);
  }
  found = /^(\d{1,2})\s*[/月]\s*(\d{1,2})\s*日?$/.exec(plain);
  return found ? nearest(+found[1], +found[2]) : null;
}

function nearest(month, day) {
  const today = Date.now();
  const years = [-1, 0, 1].map((step) => built(new Date().getFullYear() + step, month, day)).filter(Boolean);
  return years.sort((a, b) => Math.abs(a - today) - Math.abs(b - today))[0] ?? null;
}

export function write(day) {
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  return english() ? `${date} ${MONTHS[month]} ${year}` : `${year}/${month + 1}/${date}(${WEEKDAYS[day.getUTCDay()]})`;
}

export const iso = (day) => day.toISOString().slice(0, 10);
export const between = (from, to) => Math.round((to - from) / DAY);
export const shift = (day, days) => new Date(day.getTime() + days * DAY);

"use strict";
(async () => {
  const charts = [...document.querySelectorAll(".chart")];
  // `ast` makes Vega interpret its expressions, so that the page's policy needs no unsafe-eval.
  const options = {
    actions: false,
    ast: true,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  };
  for (const chart of charts) {
    try {
      const spec = JSON.parse(document.getElementById(chart.dataset.spec).textContent);
      await vegaEmbed(chart, spec, options);
      const picture = chart.querySelector("svg");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", chart.dataset.label);
      picture.setAttribute("aria-describedby", chart.dataset.answer);
      chart.dataset.state = "drawn";
    } catch (error) {
      chart.dataset.state = "failed";
      chart.textContent = "This chart could not be drawn here; its numbers are in the table below.";
      console.error(error);
    }
  }
  document.documentElement.dataset.charts = "done";
})();

(() => {
  const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id).setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const id of links.keys()) seen.observe(document.getElementById(id));
})();

// What changed is read on paper too; the other tables are left to the page.
(() => {
  const closed = () => [...document.querySelectorAll("details.changes:not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => { opened = closed(); for (const details of opened) details.open = true; });
  addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
})();

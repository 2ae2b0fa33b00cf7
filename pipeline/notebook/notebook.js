"use strict";
window.adoptionDraw = async (place) => {
  const drawing = document.getElementById(place);
  const data = document.querySelector(`script[data-chart="${place}"]`);
  if (!drawing || !data || drawing.dataset.state) return;
  drawing.dataset.state = "drawing";
  drawing.textContent = "";
  try {
    await vegaEmbed(drawing, JSON.parse(data.textContent), {
      actions: false,
      defaultStyle: false,
      renderer: "svg",
      tooltip: { theme: "light" },
    });
    drawing.dataset.state = "drawn";
  } catch (error) {
    drawing.dataset.state = "failed";
    drawing.textContent = `This chart could not be drawn: ${error}`;
  }
};
// Charts that were in the notebook before this cell ran.
for (const data of document.querySelectorAll("script[data-chart]")) window.adoptionDraw(data.dataset.chart);

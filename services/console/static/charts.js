// Draws <hour-chart>, <months-chart> and <bars-chart> as their data-chart says; redrawn in place when it, the theme or the width changes.
//
// hour-chart: {unit, whole, minutes: ["12:04", …], series: [{name, tone, values: [number | null, …]}]}; tone: main, second, third or bad;
// whole: no fractions on the axis. months-chart: {months: ["12月", …], series, running}, in percent; running: the last month is not over.
// bars-chart: {rows: [{name, value, label, tone}], most, gap, thick}; most: the axis' end; gap: after so many rows some are left out.
// The drawing lives in a shadow root, so that a page that is morphed around it never touches the canvas.
// Who cannot see it has the newest values in words above it, and all of them in the table behind the link beside it.
(() => {
  "use strict";
  const TONES = {
    main: { token: "--line", width: 2.25, type: "solid" },
    second: { token: "--secondary", width: 1.75, type: "solid" },
    third: { token: "--secondary", width: 1.5, type: "dashed" },
    bad: { token: "--broken", width: 2, type: "dotted" },
  };
  const QUARTERS = /:(00|15|30|45)$/;

  const token = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
  const rounded = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });

  function line(element, series) {
    const tone = TONES[series.tone] ?? TONES.main;
    const colour = token(element, tone.token);
    return {
      type: "line",
      name: series.name,
      data: series.values,
      showSymbol: false,
      silent: true,
      color: colour,
      lineStyle: { width: tone.width, type: tone.type },
      markPoint: lonely(series.values, colour),
    };
  }

  // A minute between two that are not known is a point: a line needs two.
  function lonely(values, colour) {
    const alone = values.flatMap((value, place) =>
      value !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null ? [{ coord: [place, value] }] : [],
    );
    return { data: alone, symbol: "circle", symbolSize: 5, itemStyle: { color: colour }, label: { show: false }, silent: true, animation: false };
  }

  function options(element, chart) {
    const ink = token(element, "--secondary");
    const rule = token(element, "--rule");
    const paper = token(element, "--paper");
    const text = { color: ink, fontFamily: getComputedStyle(element).fontFamily, fontSize: 11 };
    return {
      animation: false,
      textStyle: text,
      grid: { left: 4, right: 10, top: 10, bottom: 2, containLabel: true },
      xAxis: {
        type: "category",
        data: chart.minutes,
        boundaryGap: false,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: rule } },
        axisLabel: { ...text, interval: (_, minute) => QUARTERS.test(minute) },
      },
      yAxis: {
        type: "value",
        min: 0,
        minInterval: chart.whole ? 1 : undefined,
        splitNumber: 2,
        axisLabel: { ...text, formatter: (value) => rounded(value) },
        splitLine: { lineStyle: { color: rule } },
      },
      tooltip: {
        trigger: "axis",
        renderMode: "richText", // the policy of the page takes no style from a script's HTML
        confine: true,
        backgroundColor: paper,
        borderColor: rule,
        textStyle: { ...text, color: token(element, "--ink"), fontSize: 12 },
        valueFormatter: (value) => (value === null || value === undefined ? "–" : `${rounded(value)} ${chart.unit}`),
      },
      series: chart.series.map((series) => line(element, series)),
    };
  }

  // The same frame for months: every point is seen, each month is named where there is room, the whole is a hundred.
  function monthOptions(element, chart) {
    const base = options(element, { unit: "%", whole: true, minutes: chart.months, series: chart.series });
    const paper = token(element, "--paper");
    base.xAxis.axisLabel = { ...base.xAxis.axisLabel, interval: "auto", hideOverlap: true };
    base.xAxis.boundaryGap = true;
    base.yAxis = { ...base.yAxis, max: (value) => (value.max > 50 ? 100 : 50), axisLabel: { ...base.yAxis.axisLabel, formatter: "{value} %" } };
    base.series.forEach((series) => {
      const last = series.data.length - 1;
      series.markPoint = undefined;
      series.showSymbol = true;
      series.symbol = "circle";
      series.symbolSize = 6;
      series.data = series.data.map((value, place) =>
        chart.running && place === last ? { value, itemStyle: { color: paper, borderColor: series.color, borderWidth: 2 }, symbolSize: 8 } : value,
      );
    });
    return base;
  }

  function barsOptions(element, chart) {
    const text = { color: token(element, "--ink"), fontFamily: getComputedStyle(element).fontFamily, fontSize: 12 };
    const rows = [...chart.rows];
    if (chart.gap) rows.splice(chart.gap, 0, { name: "⋯", value: null, label: "" });
    const narrow = element.clientWidth < 420;
    const whole = chart.most ?? Math.max(...rows.map((row) => row.value ?? 0));
    const longest = Math.max(...rows.map((row) => (row.value ?? 0) / whole));
    return {
      animation: false,
      textStyle: text,
      // a long bar leaves its label no room beyond the end of the axis, a short one has it on its own track
      grid: { left: 4, right: longest > 0.7 ? (narrow ? 96 : 110) : 8, top: 2, bottom: 2, containLabel: true },
      xAxis: { type: "value", min: 0, max: chart.most ?? undefined, show: false, axisLabel: { show: false } },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((row) => row.name),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: token(element, "--rule") } },
        axisLabel: { ...text, interval: 0, width: narrow ? 96 : 130, overflow: "truncate" },
      },
      series: [
        {
          type: "bar",
          silent: true,
          barMaxWidth: chart.thick ? 26 : 18,
          barGap: "-100%",
          itemStyle: { color: token(element, "--waiting-soft") },
          data: rows.map((row) => (chart.most === null || row.value === null ? null : chart.most)),
        },
        {
          type: "bar",
          silent: true,
          barMaxWidth: chart.thick ? 26 : 18,
          barCategoryGap: "30%",
          data: rows.map((row) => ({
            value: row.value,
            itemStyle: { color: token(element, TONES[row.tone]?.token ?? "--line"), borderRadius: [0, 2, 2, 0] },
            label: { show: Boolean(row.label), formatter: row.label },
          })),
          label: { ...text, position: "right", distance: 6 },
        },
      ],
    };
  }

  class DrawnChart extends HTMLElement {
    static observedAttributes = ["data-chart"];
    #drawn = null;
    #watches = [];

    connectedCallback() {
      if (!this.shadowRoot) {
        const canvas = document.createElement("div");
        canvas.style.width = canvas.style.height = "100%";
        this.attachShadow({ mode: "open" }).append(canvas);
      }
      const resized = new ResizeObserver(() => this.#resize());
      resized.observe(this);
      const themed = new MutationObserver(() => this.#draw());
      themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
      const system = matchMedia("(prefers-color-scheme: dark)");
      const switched = () => this.#draw();
      system.addEventListener("change", switched);
      this.#watches = [() => resized.disconnect(), () => themed.disconnect(), () => system.removeEventListener("change", switched)];
      this.#draw();
    }

    disconnectedCallback() {
      this.#watches.forEach((end) => end());
      this.#drawn?.dispose();
      this.#drawn = null;
    }

    attributeChangedCallback() {
      if (this.isConnected && this.shadowRoot) this.#draw();
    }

    #resize() {
      this.#drawn?.resize();
      this.#draw();
    }

    #draw() {
      if (!this.clientWidth || !this.dataset.chart) return; // closed, or not laid out yet: the observer calls again
      const chart = JSON.parse(this.dataset.chart);
      this.fit(chart);
      this.#drawn ??= echarts.init(this.shadowRoot.firstChild, null, { renderer: "canvas" });
      this.#drawn.setOption(this.options(chart), { notMerge: true });
    }

    // As tall as what is drawn wants; most are as the style says.
    fit() {}
  }

  customElements.define("hour-chart", class extends DrawnChart {
    options(chart) {
      return options(this, chart);
    }
  });
  customElements.define("months-chart", class extends DrawnChart {
    options(chart) {
      return monthOptions(this, chart);
    }
  });
  customElements.define("bars-chart", class extends DrawnChart {
    fit(chart) {
      this.style.height = `${Math.max(1, chart.rows.length + (chart.gap ? 1 : 0)) * (chart.thick ? 44 : 26) + 4}px`;
    }

    options(chart) {
      return barsOptions(this, chart);
    }
  });
})();

// Draws <hour-chart data-chart="{…}">: lines over the last hour, redrawn in place when the attribute, the theme or the width changes.
//
// data-chart: {unit, whole, minutes: ["12:04", …], series: [{name, tone, values: [number | null, …]}]}; tone: main, second, third or bad;
// whole: no fractions on the axis. The drawing lives in a shadow root, so that a page that is morphed around it never touches the canvas.
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

  class HourChart extends HTMLElement {
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
      this.#drawn ??= echarts.init(this.shadowRoot.firstChild, null, { renderer: "canvas" });
      this.#drawn.setOption(options(this, chart), { notMerge: true });
    }
  }

  customElements.define("hour-chart", HourChart);
})();

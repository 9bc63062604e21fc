// @ts-check
// Lines and points over time by LNbits' own Chart.js, in the colours of the theme; changed in place when
// the figures do. Its axis is plain numbers: lib/charts.js says where the days are.
;(() => {
  const COLORS = ['blue-6', 'teal-5', 'purple-4']
  const DASHES = [6, 4]

  // A line holds its value until the next one; points stand alone; a level is the same all the time.
  const KINDS = {
    line: {stepped: true, pointRadius: 0, borderWidth: 2, fill: 'start'},
    dots: {showLine: false, pointRadius: 3, pointHoverRadius: 6, clip: 6},
    level: {pointRadius: 0, pointHitRadius: 0, borderWidth: 2, borderDash: DASHES}
  }

  window.satmachine.parts['line-chart'] = {
    template: '#sm-line-chart',
    props: {
      title: {type: String, required: true},
      since: {type: String, required: true},
      until: {type: String, required: true},
      // [{label, kind, points: [{at, value, note?}]}]: exact values, of which only the heights are drawn
      series: {type: Array, required: true},
      show: {type: Function, required: true},
      fromZero: {type: Boolean, default: false}
    },
    computed: {
      marks() {
        const {charts, times} = window.satmachine
        return charts.marks(this.since, this.until, times)
      },
      // What a chart says to whoever does not see it.
      spoken() {
        const {charts, money, times} = window.satmachine
        const parts = this.series.map(({label, kind, points}) => {
          if (kind === 'level') return `${label}: ${this.show(points[0].value)}`
          const told = charts.told(points, money.height)
          const said = told.map(
            ({at, value}) => `${times.local(at)}: ${this.show(value)}`
          )
          return `${label}: ${said.join('; ')}`
        })
        return `${this.title}. ${parts.join('. ')}`
      },
      data() {
        const {height} = window.satmachine.money
        return {
          datasets: this.series.map(({label, kind, points}, number) => {
            const color = Quasar.colors.getPaletteColor(COLORS[number])
            return {
              ...KINDS[kind],
              label,
              kind,
              exact: points,
              data: points.map(({at, value}) => ({
                x: Date.parse(at),
                y: height(value)
              })),
              borderColor: color,
              backgroundColor:
                kind === 'line' ? Quasar.colors.changeAlpha(color, 0.15) : color
            }
          })
        }
      }
    },
    methods: {
      // A round number at the axis, grouped like every amount of the page.
      mark: value =>
        Number.isSafeInteger(value)
          ? window.satmachine.money.sats(value)
          : String(value),
      axes() {
        const {color} = window.getComputedStyle(this.$el)
        const faint = Quasar.colors.changeAlpha(
          this.$q.dark.isActive ? '#ffffff' : '#000000',
          0.12
        )
        const label = at => this.marks.find(mark => mark.at === at)?.label ?? ''
        return {
          x: {
            type: 'linear',
            min: Date.parse(this.since),
            max: Date.parse(this.until),
            grid: {color: faint},
            afterBuildTicks: axis => {
              axis.ticks = this.marks.map(({at}) => ({value: at}))
            },
            ticks: {color, maxRotation: 0, autoSkipPadding: 16, callback: label}
          },
          y: {
            beginAtZero: this.fromZero,
            grid: {color: faint},
            ticks: {color, maxTicksLimit: 5, callback: this.mark}
          }
        }
      },
      options() {
        const {local} = window.satmachine.times
        const point = ({dataset, dataIndex}) => dataset.exact[dataIndex]
        return {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          interaction: {mode: 'nearest', axis: 'x', intersect: false},
          scales: this.axes(),
          plugins: {
            legend: {display: false},
            tooltip: {
              filter: ({dataset}) => dataset.kind !== 'level',
              callbacks: {
                title: ([item]) => (item ? local(point(item).at) : ''),
                label: item => this.show(point(item).value),
                afterLabel: item => point(item).note ?? ''
              }
            }
          }
        }
      },
      draw() {
        if (!this.chart) return
        this.chart.data = this.data
        this.chart.options = this.options()
        this.chart.update('none')
      }
    },
    watch: {
      data() {
        this.draw()
      },
      async '$q.dark.isActive'() {
        await this.$nextTick()
        this.draw()
      }
    },
    mounted() {
      const context = this.$refs.canvas.getContext('2d')
      const {data} = this
      this.chart = new Chart(context, {type: 'line', data, options: this.options()})
    },
    beforeUnmount() {
      this.chart?.destroy()
      this.chart = null
    }
  }
})()

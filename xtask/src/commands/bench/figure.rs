//! A measured figure, and its statistics.

use std::time::Duration;

/// Promised bound of the median.
#[derive(Clone, Copy)]
enum Promise {
    AtMost(f64),
    AtLeast(f64),
}

/// One quantity, measured once or more.
pub(super) struct Figure {
    what: String,
    unit: &'static str,
    /// The samples in ascending order; never empty.
    samples: Vec<f64>,
    promise: Option<Promise>,
}

impl Figure {
    pub(super) fn new(what: impl Into<String>, unit: &'static str, samples: Vec<f64>) -> Self {
        let mut samples = samples;
        samples.sort_by(f64::total_cmp);
        Self { what: what.into(), unit, samples, promise: None }
    }

    /// Sets the promise.
    pub(super) fn at_most(mut self, limit: f64) -> Self {
        self.promise = Some(Promise::AtMost(limit));
        self
    }

    pub(super) fn at_least(mut self, limit: f64) -> Self {
        self.promise = Some(Promise::AtLeast(limit));
        self
    }

    /// Header of a table of [`Self::row`]s.
    pub(super) const HEADER: &str = "| | median | runs | promise | kept |\n|---|--:|---|--:|---|\n";

    /// Formats the figure as a row of a Markdown table.
    pub(super) fn row(&self) -> String {
        let Self { what, unit, samples, promise } = self;
        let median = median(samples);
        let runs = match &samples[..] {
            [_] => "1".to_owned(),
            [lowest, .., highest] => {
                format!("{}: {} … {}", samples.len(), number(*lowest), number(*highest))
            }
            [] => String::new(),
        };
        let (promise, kept) = match promise {
            None => (String::new(), String::new()),
            Some(Promise::AtMost(limit)) => {
                (format!("≤ {} {unit}", number(*limit)), verdict(median, *limit, median <= *limit))
            }
            Some(Promise::AtLeast(limit)) => {
                (format!("≥ {} {unit}", number(*limit)), verdict(median, *limit, median >= *limit))
            }
        };
        format!("| {what} | {} {unit} | {runs} | {promise} | {kept} |\n", number(median))
    }

    pub(super) fn median(&self) -> f64 {
        median(&self.samples)
    }
}

fn verdict(value: f64, limit: f64, kept: bool) -> String {
    if kept {
        format!("yes, {:.0} % of it", 100.0 * value / limit)
    } else {
        format!("**no**, {:.1} times it", value / limit)
    }
}

/// Formats a value with three significant digits.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Converts to milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Returns the median of values in ascending order.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}

/// Returns the smallest value that `share` (0 to 1) of all values do not exceed.
pub(super) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Returns the slope of `y` over `x`, by least squares.
pub(super) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let rise: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let run: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    rise / run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_promise_and_whether_it_is_kept() {
        let figure = Figure::new("start", "ms", vec![310.0, 290.0, 250.0]);
        assert_eq!(
            figure.at_most(300.0).row(),
            "| start | 290 ms | 3: 250 … 310 | ≤ 300 ms | yes, 97 % of it |\n"
        );
        let figure = Figure::new("memory", "MiB", vec![3.0]).at_most(1.5);
        assert_eq!(figure.row(), "| memory | 3 MiB | 1 | ≤ 1.5 MiB | **no**, 2.0 times it |\n");
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<_> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 0.5), 50.0);
        assert_eq!(percentile(&values, 0.99), 99.0);
        assert_eq!(percentile(&[7.0], 0.99), 7.0);
    }

    #[test]
    fn a_line_has_its_own_slope() {
        assert_eq!(slope(&[(10.0, 35.0), (50.0, 75.0), (100.0, 125.0)]), 1.0);
    }
}

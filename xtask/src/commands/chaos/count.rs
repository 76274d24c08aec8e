//! Counts arrived, duplicated, missing and reordered stanzas.

use std::{collections::HashMap, fmt, ops::AddAssign};

/// Counts of the stanzas of one kind and direction.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    sent: usize,
    arrived: usize,
    /// Stanzas that arrived again, also under an id that was never sent.
    duplicated: usize,
    missing: usize,
    /// Stanzas that are stored before one that was sent earlier.
    reordered: usize,
}

impl Count {
    /// Compares the ids of what was sent and of what is there, both in their order.
    pub(super) fn of<'a>(sent: &[&str], got: impl IntoIterator<Item = &'a str>) -> Self {
        let places: HashMap<&str, usize> =
            sent.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut seen = vec![0_usize; sent.len()];
        let (mut reordered, mut furthest, mut unknown) = (0, 0, 0);
        for id in got {
            let Some(&place) = places.get(id) else {
                unknown += 1;
                continue;
            };
            seen[place] += 1;
            if seen[place] == 1 {
                reordered += usize::from(place < furthest);
                furthest = furthest.max(place);
            }
        }
        let again: usize = seen.iter().map(|times| times.saturating_sub(1)).sum();
        Self {
            sent: sent.len(),
            arrived: seen.iter().filter(|&&times| times > 0).count(),
            duplicated: again + unknown,
            missing: seen.iter().filter(|&&times| times == 0).count(),
            reordered,
        }
    }

    /// Ignores the order. A change that a phone has to request again leaves no placeholder, and so
    /// arrives after later ones; the order shows in the content of the changed message.
    pub(super) fn unordered<'a>(sent: &[&str], got: impl IntoIterator<Item = &'a str>) -> Self {
        Self { reordered: 0, ..Self::of(sent, got) }
    }

    pub(super) fn is_good(self) -> bool {
        self.duplicated + self.missing + self.reordered == 0
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.arrived += other.arrived;
        self.duplicated += other.duplicated;
        self.missing += other.missing;
        self.reordered += other.reordered;
    }
}

/// Formats the cells of a Markdown table.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, arrived, duplicated, missing, reordered } = self;
        write!(f, "{sent} | {arrived} | {duplicated} | {missing} | {reordered}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_accounted_for() {
        let sent = ["a", "b", "c", "d"];
        let good = Count { sent: 4, arrived: 4, ..Count::default() };
        assert_eq!(Count::of(&sent, ["a", "b", "c", "d"]), good);
        let twice = Count { duplicated: 1, ..good };
        assert_eq!(Count::of(&sent, ["a", "b", "b", "c", "d"]), twice);
        assert_eq!(Count::of(&sent, ["a", "b", "strange", "c", "d"]), twice);
        let swapped = Count { reordered: 1, ..good };
        assert_eq!(Count::of(&sent, ["a", "c", "b", "d"]), swapped);
        assert_eq!(Count::unordered(&sent, ["a", "c", "b", "d"]), good);
        let lost = Count { arrived: 3, missing: 1, ..good };
        assert_eq!(Count::of(&sent, ["a", "c", "d"]), lost);
        assert!(!lost.is_good() && !twice.is_good() && !swapped.is_good() && good.is_good());
    }
}

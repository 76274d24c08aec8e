//! Numbers as logs may show them.

/// Returns the number with its middle masked, for logs: `5561*****4471`.
pub fn masked(phone: &str) -> String {
    let shown = |index: usize| index < 4 || index + 4 >= phone.len();
    phone.char_indices().map(|(index, c)| if shown(index) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_do_not_show_whole_numbers() {
        assert_eq!(masked("5561998124471"), "5561*****4471");
    }
}

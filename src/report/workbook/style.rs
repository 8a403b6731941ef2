//! Formats: few, legible on paper and in grey. Colour never says what is not also said by number or word.

use rust_xlsxwriter::{Color, ConditionalFormat3ColorScale, ConditionalFormatType, Format, FormatAlign, FormatBorder};

/// Ink of secondary text.
const GREY: Color = Color::RGB(0x0059_5959);
/// Rules between header and rows.
const RULE: Color = Color::RGB(0x007F_7F7F);

/// The formats of all sheets.
#[derive(Debug, Clone)]
pub struct Styles {
    pub title: Format,
    pub section: Format,
    pub note: Format,
    pub warning: Format,
    pub header: Format,
    pub header_number: Format,
    pub header_light: Format,
    pub text: Format,
    pub wrapped: Format,
    /// Text in a row that others make high.
    pub top: Format,
    pub code_top: Format,
    pub value_top: Format,
    /// Text that follows a column of numbers.
    pub beside: Format,
    pub note_beside: Format,
    pub header_beside: Format,
    pub header_centred: Format,
    pub code_centred: Format,
    pub code_right: Format,
    pub code: Format,
    pub score: Format,
    pub heat: Format,
    pub rank: Format,
    pub shift: Format,
    pub count: Format,
    pub percent: Format,
    pub share: Format,
    pub value: Format,
    pub working: Format,
    pub working_text: Format,
    pub date: Format,
    pub link: Format,
    pub input: Format,
    pub choice: Format,
    pub label: Format,
}

impl Styles {
    pub fn new() -> Self {
        let base = || Format::new().set_font_name("Calibri").set_font_size(10);
        let number = |format: &str| base().set_num_format(format);
        let grey = |format: Format| format.set_font_color(GREY);
        let header = || {
            base()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(RULE)
                .set_background_color(Color::RGB(0x00ED_EDED))
        };
        let input = |format: Format| {
            format
                .set_background_color(Color::RGB(0x00FF_F2CC))
                .set_border(FormatBorder::Thin)
                .set_border_color(RULE)
                .set_bold()
        };
        Self {
            title: base().set_font_size(15).set_bold(),
            section: base().set_font_size(12).set_bold(),
            note: grey(base()),
            warning: base().set_bold().set_italic(),
            header: header(),
            header_number: header().set_align(FormatAlign::Right),
            header_light: grey(number("0.000")).set_font_size(8).set_align(FormatAlign::Right),
            text: base(),
            wrapped: base().set_text_wrap().set_align(FormatAlign::Top),
            top: base().set_align(FormatAlign::Top),
            code_top: grey(base()).set_align(FormatAlign::Top),
            value_top: number("0.000").set_align(FormatAlign::Top),
            beside: base().set_indent(1),
            note_beside: grey(base()).set_indent(1),
            header_beside: header().set_align(FormatAlign::Left).set_indent(1),
            header_centred: header().set_align(FormatAlign::Center),
            code_right: grey(base()).set_font_size(8).set_align(FormatAlign::Right),
            code_centred: grey(base()).set_font_size(8).set_align(FormatAlign::Center),
            code: grey(base()),
            score: number("0.0"),
            heat: number("0.0").set_align(FormatAlign::Center),
            rank: number("0"),
            shift: number("+0;-0;0"),
            count: number("#,##0"),
            percent: number("0%"),
            share: number("0.0%"),
            value: number("0.000"),
            working: grey(number("0.000")),
            working_text: grey(base()),
            date: number("yyyy-mm-dd").set_align(FormatAlign::Left).set_align(FormatAlign::Top),
            link: base()
                .set_align(FormatAlign::Top)
                .set_font_color(Color::RGB(0x0005_63C1))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            input: input(number("0.###")),
            choice: input(base()),
            label: base().set_bold().set_align(FormatAlign::Top),
        }
    }
}

/// White to a brown on which black is still read: lightness falls all the way, so that a grey print keeps the order.
/// The steps are fixed parts of the scale, so that a shade means the same in every run; without a fixed scale, the sample's ends.
pub fn heat(scale: Option<[f64; 2]>) -> ConditionalFormat3ColorScale {
    let colours = ConditionalFormat3ColorScale::new()
        .set_minimum_color(Color::RGB(0x00FF_FFFF))
        .set_midpoint_color(Color::RGB(0x00FB_D9A5))
        .set_maximum_color(Color::RGB(0x00DB_7B3A));
    match scale {
        Some([bottom, top]) => {
            let at = |part: f64| bottom + part * (top - bottom);
            colours
                .set_minimum(ConditionalFormatType::Number, at(0.0))
                .set_midpoint(ConditionalFormatType::Number, at(0.25))
                .set_maximum(ConditionalFormatType::Number, at(0.6))
        }
        None => colours
            .set_minimum(ConditionalFormatType::Lowest, 0)
            .set_midpoint(ConditionalFormatType::Percent, 50)
            .set_maximum(ConditionalFormatType::Highest, 0),
    }
}

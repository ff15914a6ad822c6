// Markup: text from anywhere, made safe as a part of HTML, XML or JSON. Nothing in it can end the
// element, the attribute or the string that it stands in. It knows no page and no question.
#pragma once

#include <string>
#include <string_view>

namespace mempool::viz {

/// For HTML and XML, between tags or in "quotes". Lines stay lines; what is not to be printed and
/// what is not UTF-8 becomes '~'.
[[nodiscard]] std::string markup_text(std::string_view text);

/// A JSON string with its quotes, which may stand in a <script>, too. A byte that is no part of a
/// character becomes U+FFFD, as in a log.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace mempool::viz

// Parts: the page around its data, from page.html, page.css and the scripts. The build makes the
// definitions (embed.py); this only names them.
#pragma once

#include <string_view>

namespace mempool::viz::page_parts {

extern const std::string_view before_title;
extern const std::string_view before_data;
extern const std::string_view after_data;

}  // namespace mempool::viz::page_parts

// Text from anywhere as a part of HTML, XML and JSON: nothing in it ends what it stands in. What
// pages, quizzes and reports make of it is their own specs'.
#include "markup.hpp"

#include <doctest/doctest.h>

using mempool::viz::json_text;
using mempool::viz::markup_text;

TEST_CASE("text in a page can be no element, no entity and no end of an attribute") {
  CHECK(markup_text("</script><b a=\"1\">&amp;") ==
        "&lt;/script&gt;&lt;b a=&quot;1&quot;&gt;&amp;amp;");
  CHECK(markup_text("two\nlines") == "two\nlines");
  CHECK(markup_text("\x1b[31m\xff\xc2\x9b\r") == "~[31m~~~");
}

TEST_CASE("text in JSON ends neither its string nor the script around it") {
  CHECK(json_text(R"(a "b" \)") == R"("a \"b\" \\")");
  CHECK(json_text("</script>\n\x1b\x7f") == R"("\u003c/script>\u000a\u001b\u007f")");
  CHECK(json_text("\xff") == R"("\ufffd")");
  CHECK(json_text("\xc3\xa4") == "\"\xc3\xa4\"");
}

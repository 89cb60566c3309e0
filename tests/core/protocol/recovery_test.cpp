// Offsets at the end of events: the formats of the adapters, and arguments that only look similar.
#include "protocol/recovery.h"

#include <gtest/gtest.h>

namespace raclette {
namespace {

TEST(Recovery, ReadsTheOffsetsOfTheAdapters) {
  const struct {
    const char16_t* tail;
    OffsetForm form;
    const char* text;
    double time;
    double count;
  } cases[] = {
      {u"42[\"a\",{\"x\":1},\"PbxTOl0\"]", OffsetForm::yeast, "PbxTOl0", 1758712925120, 0},
      {u"42[\"a\",1,\"PbxTOl0.0\"]", OffsetForm::yeast, "PbxTOl0.0", 1758712925120, 1},
      {u"42[\"a\",1,\"PbxTOl0.1-\"]", OffsetForm::yeast, "PbxTOl0.1-", 1758712925120, 127},
      {u"42[\"a\",1,\"Pb-_-l0\"]", OffsetForm::yeast, "Pb-_-l0", 1758772325312, 0},
      {u"42[\"a\",1,\"1700000000000-0\"]", OffsetForm::stream_id, "1700000000000-0", 1700000000000, 0},
      {u",\"1700000000000-17\"]", OffsetForm::stream_id, "1700000000000-17", 1700000000000, 17},
      {u"42[\"a\",1,\"66f1c0ff00112233445566ee\"]", OffsetForm::object_id, "66f1c0ff00112233445566ee", 1727119615000,
       0},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.text);
    const auto offset = offset_at_end(one.tail);
    ASSERT_TRUE(offset);
    EXPECT_EQ(offset->form, one.form);
    EXPECT_EQ(offset->text, one.text);
    EXPECT_EQ(offset->time, one.time);
    EXPECT_EQ(offset->count, one.count);
  }
}

TEST(Recovery, SaysWhatTheOffsetStandsBehind) {
  const struct {
    const char16_t* before;
    OffsetPlace place;
  } cases[] = {
      {u"42[\"a\",{\"x\":1}", OffsetPlace::argument},
      {u"42[\"a\",[1]", OffsetPlace::argument},
      {u"42[\"a\",1.5", OffsetPlace::argument},
      {u"42[\"a\",null", OffsetPlace::argument},
      {u"42[\"a\",\"b\"", OffsetPlace::argument},
      {u"42[\"a\",\"say \\\"hi\\\"\"", OffsetPlace::argument},
      {u"42[\"a\",\"\"", OffsetPlace::argument},
      {u"42[\"a\"", OffsetPlace::name},
      {u"42[\"\"", OffsetPlace::name},
      {u"42[3", OffsetPlace::name},
      {u"42/admin,[\"a,b[\"", OffsetPlace::name},
      {u"t of a longer frame\"", OffsetPlace::name},
      {u"\"it begins there\"", OffsetPlace::name},
      {u"", OffsetPlace::name},
      {u"42[\"raclette--connected\"", OffsetPlace::greeting},
      {u"42[\"a\",\"raclette--connected\"", OffsetPlace::argument},
  };
  for (const auto& one : cases) {
    const auto offset = offset_at_end(std::u16string(one.before) + u",\"1700000000000-0\"]");
    ASSERT_TRUE(offset);
    EXPECT_EQ(offset->place, one.place);
  }
}

TEST(Recovery, TakesNothingElseForAnOffset) {
  for (const char16_t* tail : {
           u"42[\"1700000000000-0\"]",        // only the name
           u"42[\"a\",1]",                    // not a string
           u"42[\"a\",[\"PbxTOl0\"]]",        // a string, but not the last argument
           u"42[\"a\",{\"k\":\"PbxTOl0\"}]",  // likewise
           u"42[\"a\",\"\"]",                 // empty
           u"42[\"a\",\"hello\"]",            // words
           u"42[\"a\",\"online\"]",
           u"42[\"a\",\"66f1c0ffee\"]",                // a short id
           u"42[\"a\",\"66F1C0FF00112233445566EE\"]",  // no adapter writes upper case
           u"42[\"a\",\"66f1c0ff00112233445566e\"]",
           u"42[\"a\",\"66f1c0ff00112233445566eg\"]",
           u"42[\"a\",\"1700000000000\"]",  // a time
           u"42[\"a\",\"1700000000000-\"]",
           u"42[\"a\",\"-1\"]",
           u"42[\"a\",\"2025-11-26\"]",  // a date
           u"42[\"a\",\"1700000000000-0-1\"]",
           u"42[\"a\",\"PbxTOl0.\"]",
           u"42[\"a\",\".0\"]",
           u"42[\"a\",\"PbxTO l\"]",
           u"42[\"a\",\"0f8fad5b-d9cb-469f-a165-70867728950e\"]",  // a UUID
           u"42[\"a\",\"ü\"]",
           u"42[\"a\",\"x,\\\"PbxTOl0\"]",  // an escaped quote
           u"longer than the tail\"]",
           u"\"]",
           u"",
       }) {
    EXPECT_EQ(offset_at_end(tail), std::nullopt);
  }
}

}  // namespace
}  // namespace raclette

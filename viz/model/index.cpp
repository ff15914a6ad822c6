// Index: the directory of keyframes as bytes, and a keyframe fetched by it.
#include "model/index.hpp"

#include <memory>
#include <type_traits>

#include "event/table.hpp"
#include "model/keyframe.hpp"
#include "model/packed.hpp"

namespace mempool::viz {

namespace {

// One list a struct, for both ways: T is const when it is packed.
template <class T, class Visit>
void each_figure(T& of, Visit visit) requires std::is_same_v<std::remove_const_t<T>, Place> {
  visit(of.position), visit(of.events), visit(of.lines), visit(of.unknown_events);
}

template <class T, class Visit>
void each_figure(T& of, Visit visit) requires std::is_same_v<std::remove_const_t<T>, IndexedModel> {
  visit(of.call), visit(of.seq), visit(of.model.offset), visit(of.model.size);
  visit(of.history_from), visit(of.history_to);
  each_figure(of.place, visit);
}

template <class T, class Visit>
void each_figure(T& of, Visit visit) requires std::is_same_v<std::remove_const_t<T>, IndexedPool> {
  visit(of.pool), visit(of.first_call), visit(of.last_call), visit(of.first_seq);
  visit(of.last_seq), visit(of.behind), visit(of.in_order);
  each_figure(of.first, visit);
}

template <class T, class Visit>
void each_figure(T& of,
                 Visit visit) requires std::is_same_v<std::remove_const_t<T>, log::Findings> {
  visit(of.events), visit(of.lines), visit(of.unknown_events), visit(of.damaged);
  visit(of.torn_tail), visit(of.ended);
}

void put_figures(const auto& of, std::string& out) {
  each_figure(of, [&](u64 figure) { put(out, figure); });
}

void take_figures(Unpack& in, auto& of) {
  each_figure(of, [&](auto& figure) {
    figure = static_cast<std::remove_reference_t<decltype(figure)>>(in.number());
  });
}

/// A list's items one by one, as long as there are any: its length may be a lie.
void take_list(Unpack& in, auto& list, auto take) {
  for (u64 count = in.number(); count > 0 && !in.bad(); --count) take(list.emplace_back());
}

}  // namespace

std::string Index::pack() const {
  std::string out;
  put_figures(findings, out);
  put_figures(end, out);
  put(out, findings.first_damages.size());
  for (const log::Damage& damage : findings.first_damages) {
    put(out, damage.line);
    put_text(out, damage.what);
  }
  put(out, pools.size());
  for (const IndexedPool& pool : pools) {
    put_figures(pool, out);
    put_text(out, pool.fault);
    put(out, pool.history.size());
    for (const Section& section : pool.history) {
      put(out, section.offset);
      put(out, section.size);
    }
    put(out, pool.models.size());
    for (const IndexedModel& model : pool.models) put_figures(model, out);
  }
  return out;
}

std::optional<Index> Index::unpack(std::string_view bytes) {
  Index index;
  Unpack in(bytes);
  take_figures(in, index.findings);
  take_figures(in, index.end);
  take_list(in, index.findings.first_damages, [&](log::Damage& damage) {
    damage.line = in.number();
    damage.what = in.text();
  });
  take_list(in, index.pools, [&](IndexedPool& pool) {
    take_figures(in, pool);
    pool.fault = in.text();
    take_list(in, pool.history, [&](Section& section) {
      section.offset = in.number();
      section.size = in.number();
    });
    take_list(in, pool.models, [&](IndexedModel& model) { take_figures(in, model); });
  });
  if (in.bad() || !in.at_end()) return std::nullopt;
  return index;
}

std::optional<Model> fetch_model(const IndexedPool& pool, const IndexedModel& from,
                                 const FetchSection& fetch) {
  if (from.history_from > from.history_to || from.history_to > pool.history.size())
    return std::nullopt;
  History history;
  for (u64 i = from.history_from; i < from.history_to; ++i) {
    std::optional<std::string> chunk = fetch(pool.history[i]);
    if (!chunk) return std::nullopt;
    history.add_chunk(std::make_shared<const std::string>(std::move(*chunk)));
  }
  const std::optional<std::string> bytes = fetch(from.model);
  if (!bytes) return std::nullopt;
  std::optional<Model> model = Keyframe::unpack(*bytes, std::move(history));
  const bool is_it = model && model->pool == pool.pool && model->last_call == from.call &&
                     model->last_seq == from.seq;
  if (!is_it) return std::nullopt;
  return model;
}

std::string describe_fault(const pool_event& event, const char* unit, u64 line, Fault fault) {
  const event::Kind* kind = event::find(event.kind);
  return std::string(unit) + " " + std::to_string(line) + " (pool " + std::to_string(event.pool) +
         ", call " + std::to_string(event.call) + ", " +
         std::string(kind == nullptr ? "?" : kind->name) + ") cannot be true: " + text(fault) +
         "; `mempool-viz check` tells more, and calls before it can be shown";
}

}  // namespace mempool::viz

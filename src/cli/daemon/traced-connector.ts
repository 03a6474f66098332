import type { AllGrants, Connector, GrantPage, Page, ResourceTypeSupport } from "../../baton/connector.ts";
import type { Span, SpanAttributes, Traces } from "../../runtime/traces/traces.ts";

/** The same connector, with a span around whatever calls the other side. Ids of resources stay out of the spans. */
export function traced(connector: Connector, traces: Traces): Connector {
  const { accounts, actions, events } = connector;
  const shared = new Map<AllGrants, AllGrants>();
  return {
    ...connector,
    types: connector.types.map((type) => tracedType(type, traces, shared)),
    validate: (call) => traces.span("validate", {}, () => connector.validate(call)),
    ...(accounts && {
      accounts: {
        ...accounts,
        create: (...args) => traces.span("create account", {}, () => accounts.create(...args)),
      },
    }),
    ...(actions && {
      actions: actions.map((action) => ({
        ...action,
        run: (...args) => traces.span(`action ${action.schema.name}`, {}, () => action.run(...args)),
      })),
    }),
    ...(events && {
      events: {
        ...events,
        list: (...args) =>
          traces.span("events", {}, async (span) => {
            const page = await events.list(...args);
            span.set({ "baton.items": page.events.length });
            return page;
          }),
      },
    }),
  };
}

/** `shared`: readings that several types have in common, which shows in their being the same object. */
function tracedType(
  support: ResourceTypeSupport,
  traces: Traces,
  shared: Map<AllGrants, AllGrants>,
): ResourceTypeSupport {
  const { allGrants, otherRoute } = support;
  const of: SpanAttributes = { "baton.resource_type": support.type.id };
  const name = support.type.id;
  const paged =
    <A extends readonly unknown[], P extends Page<unknown>>(what: string, run: (...args: A) => Promise<P>) =>
    (...args: A) =>
      traces.span(what, of, async (span: Span) => {
        const page = await run(...args);
        span.set({ "baton.items": page.items.length });
        return page;
      });
  const single =
    <A extends readonly unknown[], R>(what: string, run: (...args: A) => Promise<R>) =>
    (...args: A) =>
      traces.span(what, of, () => run(...args));
  if (allGrants !== undefined && !shared.has(allGrants)) {
    const page = paged<Parameters<AllGrants["page"]>, GrantPage>(
      `all grants of ${allGrants.name}`,
      allGrants.page.bind(allGrants),
    );
    shared.set(allGrants, { ...allGrants, page });
  }
  const reading = allGrants && shared.get(allGrants);
  return {
    ...support,
    list: paged(`list ${name}`, support.list.bind(support)),
    ...(support.grants && { grants: paged(`grants of ${name}`, support.grants.bind(support)) }),
    ...(reading && { allGrants: reading }),
    ...(otherRoute && {
      otherRoute: { ...otherRoute, page: paged(`held of ${name}`, otherRoute.page.bind(otherRoute)) },
    }),
    ...(support.get && { get: single(`get ${name}`, support.get.bind(support)) }),
    ...(support.grant && { grant: single(`grant ${name}`, support.grant.bind(support)) }),
    ...(support.revoke && { revoke: single(`revoke ${name}`, support.revoke.bind(support)) }),
    ...(support.remove && { remove: single(`remove ${name}`, support.remove.bind(support)) }),
  };
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatSelection } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    email: "fa-envelope-o",
    sms: "fa-commenting-o",
    phone: "fa-phone",
    letter: "fa-file-text-o",
    registered_letter: "fa-certificate",
    visit: "fa-map-marker",
    suspension: "fa-ban",
    handover: "fa-gavel",
    check: "fa-search",
    promise: "fa-handshake-o",
    courier: "fa-motorcycle",
    payment: "fa-money",
    note: "fa-pencil",
};

/**
 * The icon of a channel.
 *
 * @param {string|false} channel
 * @returns {string}
 */
export function getChannelIcon(channel) {
    return `fa fa-fw ${ICONS[channel] || "fa-check"}`;
}

/** Shows the channel of a step or an action with its icon. */
export class ChannelField extends Component {
    static template = "nest_recouvrement.ChannelField";
    static props = { ...standardFieldProps };

    get channel() {
        return this.props.record.data[this.props.name];
    }

    get icon() {
        return getChannelIcon(this.channel);
    }

    get label() {
        const { selection } = this.props.record.fields[this.props.name];
        return formatSelection(this.channel, { selection });
    }
}

export const channelField = {
    component: ChannelField,
    displayName: _t("Channel"),
    supportedTypes: ["selection"],
};

registry.category("fields").add("recouvrement_channel", channelField);

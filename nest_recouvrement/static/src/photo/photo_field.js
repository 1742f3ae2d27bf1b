import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ImageField, imageField } from "@web/views/fields/image/image_field";

/** A photo taken on the spot: one large button, then the photo itself. */
export class PhotoField extends ImageField {
    static template = "nest_recouvrement.PhotoField";

    get hasPhoto() {
        return Boolean(this.props.record.data[this.props.name]) && this.state.isValid;
    }
}

export const photoField = {
    ...imageField,
    component: PhotoField,
    displayName: _t("Photo"),
};

registry.category("fields").add("recouvrement_photo", photoField);

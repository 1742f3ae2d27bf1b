/** Last day of each age; the classes follow the buckets of a dossier. */
const AGES = [
    [0, "not_due_amount"],
    [30, "bucket_1_30"],
    [60, "bucket_31_60"],
    [90, "bucket_61_90"],
    [120, "bucket_91_120"],
    [Infinity, "bucket_121_plus"],
];

/**
 * The class that colours a number of days late as the aging bar does.
 *
 * @param {number} days
 * @returns {string}
 */
export function getAgingClass(days) {
    const [, name] = AGES.find(([last]) => days <= last);
    return `o_recouvrement_${name}`;
}
